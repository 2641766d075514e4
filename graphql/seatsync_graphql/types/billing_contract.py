"""Billing contracts."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.contract import BillingContract as BillingContractRecord
from seatsync.domain.contract import ContractStatus
from seatsync.domain.filters import SubscriptionFilter as SubscriptionRecords
from seatsync.domain.paging import Window
from seatsync_graphql.batch import Batch
from seatsync_graphql.filters import SubscriptionFilter, read_filter, window
from seatsync_graphql.nouns import ACCOUNT, BILLING_CONTRACT, SUBSCRIPTION, SYNC_RUN
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import AccountRef, SubscriptionRef, SyncRunRef
from seatsync_graphql.types.node import Node, of_record


@strawberry.type
class BillingContract(Node):
    """The container on an account that subscriptions are billed from."""

    record: strawberry.Private[BillingContractRecord]
    batch: strawberry.Private[Batch[BillingContractRecord]]
    name: str = of_record()
    is_default: bool = of_record("A landing contract for new subscriptions of the account.")
    default_for: BillingType | None = of_record(
        "Narrows the default to one billing type, so that Azure usage can land on its own"
        " arrears contract; null means any."
    )
    billing_policy: BillingPolicy = of_record()
    billing_frequency: BillingFrequency = of_record()
    currency: str = of_record("ISO 4217.")
    status: ContractStatus = of_record()

    @strawberry.field
    def account(self) -> AccountRef:
        """Return the account that is billed."""
        return self.batch.one(ACCOUNT, self.record, "account_id")

    @strawberry.field
    def last_sync_run(self) -> SyncRunRef | None:
        """Return the newest run that was started from this contract."""
        by = ("contract", "id")
        runs = self.batch.connection(SYNC_RUN, self.record, by, window=Window(1))
        return next(iter(runs.nodes), None)

    @strawberry.field
    def subscriptions(
        self,
        filter_: SubscriptionFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SubscriptionRef]:
        """Return the subscriptions on this contract, by name."""
        shown = window(first, after, last, before)
        wanted = read_filter(SubscriptionRecords, filter_)
        by = ("contract", "id")
        return self.batch.connection(SUBSCRIPTION, self.record, by, window=shown, wanted=wanted)


BILLING_CONTRACT.shown_as(BillingContract)
