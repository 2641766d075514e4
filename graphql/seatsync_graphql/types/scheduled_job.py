"""Scheduled jobs."""

from __future__ import annotations

from datetime import datetime

import strawberry

from seatsync.domain.job import JobKind, JobStatus
from seatsync.domain.job import ScheduledJob as ScheduledJobRecord
from seatsync_graphql.batch import Batch
from seatsync_graphql.nouns import PROVIDER
from seatsync_graphql.references import ProviderRef
from seatsync_graphql.types.node import of_record


@strawberry.type
class ScheduledJob:
    """A job that repeats at a fixed interval."""

    record: strawberry.Private[ScheduledJobRecord]
    batch: strawberry.Private[Batch[ScheduledJobRecord]]
    key: str = of_record()
    kind: JobKind = of_record()
    enabled: bool = of_record()
    interval_minutes: int = of_record()
    last_run_at: datetime | None = of_record()
    last_status: JobStatus | None = of_record()
    next_run_at: datetime | None = of_record()

    @strawberry.field
    def provider(self) -> ProviderRef | None:
        """Return the provider that it is about."""
        return self.batch.optional(PROVIDER, self.record, "provider_key")
