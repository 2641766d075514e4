"""Queries about what the CRM knows, and the subscriptions."""

from __future__ import annotations

import strawberry
from strawberry import UNSET, Info

from seatsync.domain import filters as records
from seatsync_graphql.context import Context
from seatsync_graphql.filters import (
    AccountFilter,
    BillingContractFilter,
    SubscriptionFilter,
    read_filter,
    window,
)
from seatsync_graphql.nouns import ACCOUNT, BILLING_CONTRACT, SUBSCRIPTION
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import AccountRef, BillingContractRef, SubscriptionRef
from seatsync_graphql.scalars import identifier


@strawberry.type
class CrmQueries:
    """Accounts, billing contracts, subscriptions."""

    @strawberry.field
    def account(self, info: Info[Context, None], id_: strawberry.ID) -> AccountRef | None:
        """Return one account."""
        return ACCOUNT.find(info.context, identifier(id_))

    @strawberry.field
    def accounts(
        self,
        info: Info[Context, None],
        filter_: AccountFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[AccountRef]:
        """Return accounts, by name."""
        wanted = read_filter(records.AccountFilter, filter_)
        return ACCOUNT.page(info.context, wanted, window(first, after, last, before))

    @strawberry.field
    def billing_contract(
        self, info: Info[Context, None], id_: strawberry.ID
    ) -> BillingContractRef | None:
        """Return one billing contract."""
        return BILLING_CONTRACT.find(info.context, identifier(id_))

    @strawberry.field
    def billing_contracts(
        self,
        info: Info[Context, None],
        filter_: BillingContractFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[BillingContractRef]:
        """Return billing contracts, by name."""
        wanted = read_filter(records.BillingContractFilter, filter_)
        return BILLING_CONTRACT.page(info.context, wanted, window(first, after, last, before))

    @strawberry.field
    def subscription(self, info: Info[Context, None], id_: strawberry.ID) -> SubscriptionRef | None:
        """Return one subscription."""
        return SUBSCRIPTION.find(info.context, identifier(id_))

    @strawberry.field
    def subscriptions(
        self,
        info: Info[Context, None],
        filter_: SubscriptionFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SubscriptionRef]:
        """Return subscriptions, by name."""
        wanted = read_filter(records.SubscriptionFilter, filter_)
        return SUBSCRIPTION.page(info.context, wanted, window(first, after, last, before))
