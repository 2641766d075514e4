"""What is asked: pages of subscriptions, each with its contract, account and provider account."""

from __future__ import annotations

LARGEST_PAGE = 500
"""What the contract lets one page have; more rows are asked for as two pages of one document."""

SUBSCRIPTION = """
  id externalId name quantity status billingType productName partNumber term lastSyncedAt
  unitCost { amount currency }
  billingContract { id name currency }
  account { id name domain }
  providerAccount { id externalId name }
"""
PAGE = f"nodes {{ {SUBSCRIPTION} }} pageInfo {{ hasNextPage endCursor }}"

ONE_PAGE = f"query Page($first: Int) {{ page: subscriptions(first: $first) {{ {PAGE} }} }}"
TWO_PAGES = f"""query Pages($first: Int, $after: String) {{
  page: subscriptions(first: $first) {{ {PAGE} }}
  next: subscriptions(first: $first, after: $after) {{ {PAGE} }}
}}"""

SCHEMA = """
scalar DateTime
scalar Decimal
type Money { amount: Decimal!, currency: String! }
type Account { id: ID!, name: String!, domain: String }
type BillingContract { id: ID!, name: String!, currency: String! }
type ProviderAccount { id: ID!, externalId: String!, name: String! }
type Subscription {
  id: ID!, externalId: String!, name: String!, quantity: Int!, status: SubscriptionStatus!,
  billingType: BillingType!, productName: String, partNumber: String, term: String,
  lastSyncedAt: DateTime!, unitCost: Money, billingContract: BillingContract, account: Account,
  providerAccount: ProviderAccount!
}
enum SubscriptionStatus { PENDING ACTIVE SUSPENDED EXPIRED CANCELLED DELETED UNKNOWN }
enum BillingType { LICENSE USAGE }
type PageInfo { hasNextPage: Boolean!, endCursor: String }
type SubscriptionConnection { nodes: [Subscription!]!, pageInfo: PageInfo! }
type Query { subscriptions(first: Int, after: String): SubscriptionConnection! }
"""
"""As much of the contract's schema as is asked for."""
