"""The Subscription Sync Report."""

from __future__ import annotations

from datetime import datetime

import strawberry

from seatsync.domain.report import ReportEntry, SyncChange
from seatsync.domain.subscription import UnassignedReason
from seatsync_graphql.batch import Batch
from seatsync_graphql.nouns import (
    BILLING_CONTRACT,
    PROVIDER_ACCOUNT,
    SUBSCRIPTION,
    SYNC_REPORT_ENTRY,
    SYNC_RUN,
)
from seatsync_graphql.references import (
    BillingContractRef,
    ProviderAccountRef,
    SubscriptionRef,
    SyncRunRef,
)
from seatsync_graphql.types.field_change import FieldChange
from seatsync_graphql.types.node import Node, of_record, resolved


@strawberry.type(
    description="What a run did to one subscription."
    " Unchanged subscriptions are counted, not listed."
)
class SyncReportEntry(Node):
    """What a run did to one subscription."""

    record: strawberry.Private[ReportEntry]
    batch: strawberry.Private[Batch[ReportEntry]]
    change: SyncChange = of_record()
    external_id: str = of_record()
    subscription_name: str = of_record()
    field_changes: list[FieldChange] = of_record()
    unassigned_reason: UnassignedReason | None = of_record()
    message: str | None = of_record()
    occurred_at: datetime = of_record()

    @strawberry.field
    def run(self) -> SyncRunRef:
        """Return the run that did it."""
        return self.batch.one(SYNC_RUN, self.record, "run_id")

    @strawberry.field
    def subscription(self) -> SubscriptionRef | None:
        """Return the subscription, if the mirror holds it."""
        return self.batch.optional(SUBSCRIPTION, self.record, "subscription_id")

    @strawberry.field
    def provider_account(self) -> ProviderAccountRef | None:
        """Return the provider's customer who holds it."""
        return self.batch.optional(PROVIDER_ACCOUNT, self.record, "provider_account_id")

    @resolved("The contract it was on when the run ended.")
    def billing_contract(self) -> BillingContractRef | None:
        """Return the contract it was on when the run ended."""
        return self.batch.optional(BILLING_CONTRACT, self.record, "billing_contract_id")


SYNC_REPORT_ENTRY.shown_as(SyncReportEntry)
