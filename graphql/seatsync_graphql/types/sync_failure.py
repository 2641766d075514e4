"""What a run or a preview could not read."""

from __future__ import annotations

import strawberry

from seatsync.domain.report import SyncFailure as SyncFailureRecord
from seatsync_graphql.batch import Batch
from seatsync_graphql.nouns import PROVIDER_ACCOUNT
from seatsync_graphql.references import ProviderAccountRef
from seatsync_graphql.types.node import of_record


@strawberry.type
class SyncFailure:
    """Something that could not be read, and what to do about it."""

    record: strawberry.Private[SyncFailureRecord]
    batch: strawberry.Private[Batch[SyncFailureRecord]]
    provider_key: str = of_record()
    external_id: str | None = of_record()
    code: str = of_record()
    message: str = of_record()
    remedy: str | None = of_record()

    @strawberry.field
    def provider_account(self) -> ProviderAccountRef | None:
        """Return the provider account that could not be read."""
        return self.batch.optional(PROVIDER_ACCOUNT, self.record, "provider_account_id")
