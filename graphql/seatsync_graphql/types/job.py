"""Jobs."""

from __future__ import annotations

from datetime import datetime

import strawberry

from seatsync.domain.job import Job as JobRecord
from seatsync.domain.job import JobKind, JobStatus
from seatsync.domain.paging import Window
from seatsync_graphql.batch import Batch
from seatsync_graphql.nouns import JOB, SYNC_RUN
from seatsync_graphql.references import SyncRunRef
from seatsync_graphql.types.node import Node, of_record


@strawberry.type
class JobProgress:
    """How far a job has come."""

    done: int
    total: int | None = of_record("Null while unknown.")
    message: str | None = of_record()


@strawberry.type
class Job(Node):
    """One background task, on demand."""

    record: strawberry.Private[JobRecord]
    batch: strawberry.Private[Batch[JobRecord]]
    kind: JobKind = of_record()
    status: JobStatus = of_record()
    attempts: int = of_record()
    max_attempts: int = of_record()
    progress: JobProgress = of_record()
    requested_by: str = of_record()
    created_at: datetime = of_record()
    started_at: datetime | None = of_record()
    finished_at: datetime | None = of_record()
    error_code: str | None = of_record()
    error_message: str | None = of_record()

    @strawberry.field
    def sync_run(self) -> SyncRunRef | None:
        """Return the run that the job made."""
        by = ("job", "id")
        runs = self.batch.connection(SYNC_RUN, self.record, by, window=Window(1))
        return next(iter(runs.nodes), None)


JOB.shown_as(Job)
