"""The License Change Log."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from seatsync.domain.license_change import LicenseChange as LicenseChangeRecord
from seatsync.domain.license_change import LicenseChangeEvent, ProvisioningStatus
from seatsync_graphql.batch import Batch
from seatsync_graphql.nouns import LICENSE_CHANGE, SUBSCRIPTION, SYNC_REPORT_ENTRY
from seatsync_graphql.references import SubscriptionRef, SyncReportEntryRef
from seatsync_graphql.types.money import Money
from seatsync_graphql.types.node import Node, of_record


@strawberry.type(
    description="License Change Log: one row per quantity, price or activation change."
    " The deltas of a subscription always add up to its quantity."
)
class LicenseChange(Node):
    """One row of the License Change Log."""

    record: strawberry.Private[LicenseChangeRecord]
    batch: strawberry.Private[Batch[LicenseChangeRecord]]
    event: LicenseChangeEvent = of_record()
    quantity_delta: int = of_record()
    quantity_after: int = of_record()
    unit_cost: Money | None = of_record()
    effective_date: date = of_record()
    provisioning_status: ProvisioningStatus = of_record(
        "NOT_APPLICABLE for changes made at the provider."
    )
    archived: bool = of_record()
    invoice_reference: str | None = of_record()
    created_at: datetime = of_record()

    @strawberry.field
    def subscription(self) -> SubscriptionRef:
        """Return the subscription that changed."""
        return self.batch.one(SUBSCRIPTION, self.record, "subscription_id")

    @strawberry.field
    def sync_report_entry(self) -> SyncReportEntryRef | None:
        """Return the report entry of the same change, unless it was pruned or made by hand."""
        return self.batch.optional(SYNC_REPORT_ENTRY, self.record, "report_entry_id")


LICENSE_CHANGE.shown_as(LicenseChange)
