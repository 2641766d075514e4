"""Subscriptions: what customers hold at providers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry
from strawberry import UNSET

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.domain.subscription import Subscription as SubscriptionRecord
from seatsync.domain.subscription import SubscriptionStatus, UnassignedReason
from seatsync_graphql.batch import Batch, show_groups
from seatsync_graphql.filters import window
from seatsync_graphql.nouns import (
    ACCOUNT,
    BILLING_CONTRACT,
    LICENSE_CHANGE,
    PROVIDER,
    PROVIDER_ACCOUNT,
    SUBSCRIPTION,
    SYNC_REPORT_ENTRY,
)
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import (
    AccountRef,
    BillingContractRef,
    LicenseChangeRef,
    ProviderAccountRef,
    ProviderRef,
    SubscriptionRef,
    SyncReportEntryRef,
)
from seatsync_graphql.types.money import Money
from seatsync_graphql.types.node import Node, of_record
from seatsync_graphql.types.sync_exception import SyncException

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


@strawberry.type
class Subscription(Node):
    """What a customer holds at a provider."""

    record: strawberry.Private[SubscriptionRecord]
    batch: strawberry.Private[Batch[SubscriptionRecord]]
    external_id: str = of_record("The provider's own id for it.")
    name: str = of_record()
    unassigned_reason: UnassignedReason | None = of_record(
        "Why it has no billing contract; null when it has one."
    )
    part_number: str | None = of_record("Stable catalogue key, such as CFQ7TTC0LFLX:0001.")
    product_name: str | None = of_record()
    quantity: int = of_record()
    unit_type: str | None = of_record()
    billing_type: BillingType = of_record()
    term: str | None = of_record("ISO 8601 duration of the commitment, such as P1Y.")
    billing_frequency: BillingFrequency | None = of_record()
    status: SubscriptionStatus = of_record("Normalised life-cycle state.")
    provider_status: str = of_record("The state as the provider spells it.")
    provider_note: str | None = of_record(
        "What else the provider says of it, such as a change scheduled for the next term."
    )
    is_trial: bool = of_record()
    auto_renew: bool | None = of_record()
    starts_at: datetime | None = of_record()
    commitment_ends_at: datetime | None = of_record()
    unit_cost: Money | None = of_record("What the provider charges the partner for one unit.")
    unit_price: Money | None = of_record(
        "What the customer pays for one unit; owned by the CRM, never overwritten by a sync."
    )
    discovered_at: datetime = of_record()
    last_synced_at: datetime = of_record()
    missing_since: datetime | None = of_record(
        "First sync that no longer found it at the provider; it is never deleted."
    )

    @strawberry.field
    def provider(self) -> ProviderRef:
        """Return the connection it was read through."""
        return self.batch.one(PROVIDER, self.record, "provider_key")

    @strawberry.field
    def provider_account(self) -> ProviderAccountRef:
        """Return the provider's customer who holds it."""
        return self.batch.one(PROVIDER_ACCOUNT, self.record, "provider_account_id")

    @strawberry.field
    def account(self) -> AccountRef | None:
        """Return the account that holds it, once known."""
        return self.batch.optional(ACCOUNT, self.record, "account_id")

    @strawberry.field
    def billing_contract(self) -> BillingContractRef | None:
        """Return the contract it is billed from."""
        return self.batch.optional(BILLING_CONTRACT, self.record, "billing_contract_id")

    @strawberry.field
    def parent(self) -> SubscriptionRef | None:
        """Return the subscription that this one is an add-on of, if it is known."""
        parents = self.batch.once("parents", self._parents)
        return parents.get((self.record.provider_key, self.record.parent_external_id))

    def _parents(
        self, records: Sequence[SubscriptionRecord]
    ) -> dict[tuple[str, str | None], SubscriptionRef]:
        context = self.batch.context
        keys = {
            (one.provider_key, one.parent_external_id)
            for one in records
            if one.parent_external_id is not None
        }
        overview = context.services.read.overview
        found = overview.subscriptions_by_external_id(context.caller, keys) if keys else {}
        return dict(zip(found, SUBSCRIPTION.show_all(context, [*found.values()]), strict=True))

    @strawberry.field
    def license_changes(
        self,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[LicenseChangeRef]:
        """Return its License Change Log, newest first."""
        shown = window(first, after, last, before)
        by = ("subscription", "id")
        return self.batch.connection(LICENSE_CHANGE, self.record, by, window=shown)

    @strawberry.field
    def sync_history(
        self,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SyncReportEntryRef]:
        """Return what syncs did to it, newest first."""
        shown = window(first, after, last, before)
        by = ("subscription", "id")
        return self.batch.connection(SYNC_REPORT_ENTRY, self.record, by, window=shown)

    @strawberry.field
    def exceptions(self) -> list[SyncException]:
        """Return what keeps it from being billed."""
        return self.batch.once("exceptions", self._exceptions)[self.record.id]

    def _exceptions(self, records: Sequence[SubscriptionRecord]) -> dict[UUID, list[SyncException]]:
        context = self.batch.context
        ids = [one.id for one in records]
        found = context.services.read.overview.exceptions_of(context.caller, ids)
        return show_groups(SyncException, context, found)


SUBSCRIPTION.shown_as(Subscription)
