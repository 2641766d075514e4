"""Inputs about accounts, billing contracts and the mapping of provider accounts."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.contract import ContractStatus
from seatsync.domain.defaults import DefaultWish
from seatsync.services.contract_changes import ContractEdit, NewContract
from seatsync_graphql.inputs.given import given, given_id
from seatsync_graphql.scalars import identifier


@strawberry.input
class MapProviderAccountInput:
    """Which provider account is mapped to which account; to none without an account."""

    provider_account_id: strawberry.ID
    account_id: strawberry.ID | None = UNSET


@strawberry.input
class SetProviderAccountSyncInput:
    """Whether the subscriptions of a provider account are synced."""

    provider_account_id: strawberry.ID
    sync_enabled: bool


@strawberry.input
class SetDefaultBillingContractInput:
    """Whether new subscriptions of the account land on a contract."""

    billing_contract_id: strawberry.ID
    is_default: bool = True
    default_for: BillingType | None = strawberry.field(
        default=UNSET, description="Narrow the default to one billing type."
    )
    replace_existing: bool = strawberry.field(
        default=False,
        description="Clear the flag on the account's other contracts of the same scope"
        " in the same step.",
    )

    def wish(self) -> DefaultWish:
        """Return what is asked for."""
        return DefaultWish(self.is_default, given(self.default_for), self.replace_existing)


@strawberry.input
class CreateAccountInput:
    """A new account; `id` is the CRM's own."""

    id: strawberry.ID | None = UNSET
    name: str
    domain: str | None = UNSET


@strawberry.input
class CreateBillingContractInput:
    """A new billing contract; `id` is the CRM's own."""

    id: strawberry.ID | None = UNSET
    account_id: strawberry.ID
    name: str
    is_default: bool = False
    default_for: BillingType | None = UNSET
    billing_policy: BillingPolicy = BillingPolicy.ADVANCE
    billing_frequency: BillingFrequency = BillingFrequency.MONTHLY
    currency: str = "USD"

    def wanted(self) -> NewContract:
        """Return the contract that is asked for; raise `BadInput` for a garbage id."""
        return NewContract(
            identifier(self.account_id, "accountId"),
            self.name,
            id=given_id(self.id, "id"),
            is_default=self.is_default,
            default_for=given(self.default_for),
            billing_policy=self.billing_policy,
            billing_frequency=self.billing_frequency,
            currency=self.currency,
        )


@strawberry.input
class UpdateBillingContractInput:
    """What changes of a billing contract."""

    billing_contract_id: strawberry.ID
    name: str | None = UNSET
    billing_policy: BillingPolicy | None = UNSET
    billing_frequency: BillingFrequency | None = UNSET
    currency: str | None = UNSET
    status: ContractStatus | None = UNSET

    def edit(self) -> ContractEdit:
        """Return what changes."""
        return ContractEdit(
            name=given(self.name),
            billing_policy=given(self.billing_policy),
            billing_frequency=given(self.billing_frequency),
            currency=given(self.currency),
            status=given(self.status),
        )
