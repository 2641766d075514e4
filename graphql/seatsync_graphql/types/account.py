"""Accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry
from strawberry import UNSET

from seatsync.domain.account import Account as AccountRecord
from seatsync.domain.account import DefaultContractState
from seatsync.domain.billing import BillingType
from seatsync.domain.filters import SubscriptionFilter as SubscriptionRecords
from seatsync.domain.landing import qualifying_defaults
from seatsync.domain.paging import WHOLE
from seatsync_graphql.batch import Batch
from seatsync_graphql.filters import SubscriptionFilter, read_filter, window
from seatsync_graphql.nouns import ACCOUNT, BILLING_CONTRACT, PROVIDER_ACCOUNT, SUBSCRIPTION
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import BillingContractRef, ProviderAccountRef, SubscriptionRef
from seatsync_graphql.types.node import Node, of_record, resolved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from seatsync.domain.contract import BillingContract as BillingContractRecord


@strawberry.type
class Account(Node):
    """A customer in the CRM."""

    record: strawberry.Private[AccountRecord]
    batch: strawberry.Private[Batch[AccountRecord]]
    name: str = of_record()
    domain: str | None = of_record()

    @resolved("How many active default contracts the account has, in words.")
    def default_contract_state(self) -> DefaultContractState:
        """Count the active default contracts."""
        return DefaultContractState.of(len(self._defaults()))

    @resolved(
        "The landing contract for new subscriptions of this billing type;"
        " null unless exactly one qualifies."
    )
    def landing_contract(
        self, billing_type: BillingType = BillingType.LICENSE
    ) -> BillingContractRef | None:
        """Apply the landing rule's choice among the defaults."""
        candidates = qualifying_defaults(self._defaults(), billing_type)
        if len(candidates) != 1:
            return None
        return self.batch.once("landing", self._shown_defaults)[candidates[0].id]

    @strawberry.field
    def billing_contracts(
        self,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[BillingContractRef]:
        """Return the account's contracts, by name."""
        shown = window(first, after, last, before)
        by = ("account", "id")
        return self.batch.connection(BILLING_CONTRACT, self.record, by, window=shown)

    @strawberry.field
    def provider_accounts(self) -> list[ProviderAccountRef]:
        """Return the customers of providers that are mapped to the account, by name."""
        by = ("account", "id")
        return self.batch.connection(PROVIDER_ACCOUNT, self.record, by, window=WHOLE).nodes

    @strawberry.field
    def subscriptions(
        self,
        filter_: SubscriptionFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SubscriptionRef]:
        """Return the account's subscriptions, by name."""
        shown = window(first, after, last, before)
        wanted = read_filter(SubscriptionRecords, filter_)
        by = ("account", "id")
        return self.batch.connection(SUBSCRIPTION, self.record, by, window=shown, wanted=wanted)

    def _defaults(self) -> list[BillingContractRecord]:
        return self.batch.once("defaults", self._all_defaults)[self.record.id]

    def _all_defaults(
        self, accounts: Sequence[AccountRecord]
    ) -> dict[UUID, list[BillingContractRecord]]:
        context = self.batch.context
        ids = [account.id for account in accounts]
        return context.services.read.overview.active_defaults(context.caller, ids)

    def _shown_defaults(self, _: Sequence[AccountRecord]) -> dict[UUID, BillingContractRef]:
        found = self.batch.once("defaults", self._all_defaults)
        contracts = [contract for group in found.values() for contract in group]
        shown = BILLING_CONTRACT.show_all(self.batch.context, contracts)
        return {contract.record.id: contract for contract in shown}


ACCOUNT.shown_as(Account)
