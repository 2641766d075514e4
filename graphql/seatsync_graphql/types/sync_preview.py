"""What proceeding with a manual sync would do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from seatsync.domain.preview import Candidate, CandidateChange, CandidatePlacement, Preview
from seatsync_graphql.batch import Batch, show_all
from seatsync_graphql.nouns import BILLING_CONTRACT, PROVIDER_ACCOUNT
from seatsync_graphql.references import BillingContractRef, ProviderAccountRef
from seatsync_graphql.types.field_change import FieldChange
from seatsync_graphql.types.node import of_record, resolved
from seatsync_graphql.types.sync_failure import SyncFailure


@strawberry.type
class SyncCandidate:
    """One subscription that the provider lists."""

    record: strawberry.Private[Candidate]
    batch: strawberry.Private[Batch[Candidate]]
    id: UUID = of_record(
        "The id that the subscription has, or will have, in the mirror;"
        " pass it to syncSubscriptions."
    )
    external_id: str = of_record()
    name: str = of_record()
    change: CandidateChange = of_record()
    placement: CandidatePlacement = of_record()
    quantity: int = of_record()
    field_changes: list[FieldChange] = of_record()
    is_selectable: bool = of_record(
        "False when proceeding could not put it on this contract (it is on another one already).",
        name="selectable",
    )

    @strawberry.field
    def provider_account(self) -> ProviderAccountRef:
        """Return the provider's customer who holds it."""
        return self.batch.one(PROVIDER_ACCOUNT, self.record, "provider_account_id")


@strawberry.type
class SubscriptionSyncPreview:
    """What the provider returns now, compared with the mirror."""

    record: strawberry.Private[Preview]
    batch: strawberry.Private[Batch[Preview]]
    fetched_at: datetime = of_record()
    checksum: str = of_record(
        "Fingerprint of what proceeding would do to each candidate."
        " Pass it to syncSubscriptions to get exactly this, or nothing."
    )

    @strawberry.field
    def billing_contract(self) -> BillingContractRef:
        """Return the contract of the preview."""
        return self.batch.one(BILLING_CONTRACT, self.record, "billing_contract_id")

    @strawberry.field
    def candidates(self) -> list[SyncCandidate]:
        """Return what the provider lists."""
        return show_all(SyncCandidate, self.batch.context, self.record.candidates)

    @resolved(
        "Provider accounts that could not be read; the candidates of the others are complete."
    )
    def failures(self) -> list[SyncFailure]:
        """Return what could not be read."""
        return show_all(SyncFailure, self.batch.context, self.record.failures)
