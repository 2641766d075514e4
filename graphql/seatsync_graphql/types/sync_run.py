"""Sync runs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry
from strawberry import UNSET

from seatsync.domain.filters import SyncReportFilter as SyncReportRecords
from seatsync.domain.report import SyncOutcome, SyncTrigger
from seatsync.domain.report import SyncRun as SyncRunRecord
from seatsync_graphql.batch import Batch, show_groups
from seatsync_graphql.filters import SyncReportFilter, read_filter, window
from seatsync_graphql.nouns import BILLING_CONTRACT, JOB, PROVIDER, SYNC_REPORT_ENTRY, SYNC_RUN
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import (
    BillingContractRef,
    JobRef,
    ProviderRef,
    SyncReportEntryRef,
)
from seatsync_graphql.types.node import Node, of_record
from seatsync_graphql.types.sync_failure import SyncFailure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


@strawberry.type
class SyncCounts:
    """How many subscriptions a run fetched, and what became of them."""

    fetched: int
    created: int
    updated: int
    unchanged: int
    unassigned: int = of_record("Created without a billing contract.")
    missing: int = of_record()
    failed: int = of_record()


@strawberry.type(description="One execution of a sync, manual or automatic.")
class SyncRun(Node):
    """One execution of a sync."""

    record: strawberry.Private[SyncRunRecord]
    batch: strawberry.Private[Batch[SyncRunRecord]]
    trigger: SyncTrigger = of_record()
    requested_by: str = of_record()
    started_at: datetime = of_record()
    finished_at: datetime | None = of_record()
    outcome: SyncOutcome = of_record()
    counts: SyncCounts = of_record()

    @strawberry.field
    def provider(self) -> ProviderRef | None:
        """Return the provider that was read; null when there were several."""
        return self.batch.optional(PROVIDER, self.record, "provider_key")

    @strawberry.field
    def billing_contract(self) -> BillingContractRef | None:
        """Return the contract that a manual run was started from."""
        return self.batch.optional(BILLING_CONTRACT, self.record, "billing_contract_id")

    @strawberry.field
    def job(self) -> JobRef | None:
        """Return the job that made the run."""
        return self.batch.optional(JOB, self.record, "job_id")

    @strawberry.field
    def failures(self) -> list[SyncFailure]:
        """Return what could not be read."""
        return self.batch.once("failures", self._failures)[self.record.id]

    @strawberry.field
    def entries(
        self,
        filter_: SyncReportFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SyncReportEntryRef]:
        """Return what the run did, newest first."""
        shown = window(first, after, last, before)
        wanted = read_filter(SyncReportRecords, filter_)
        by = ("run", "id")
        return self.batch.connection(
            SYNC_REPORT_ENTRY, self.record, by, window=shown, wanted=wanted
        )

    def _failures(self, runs: Sequence[SyncRunRecord]) -> dict[UUID, list[SyncFailure]]:
        context = self.batch.context
        overview = context.services.read.overview
        found = overview.failures(context.caller, [run.id for run in runs])
        return show_groups(SyncFailure, context, found)


SYNC_RUN.shown_as(SyncRun)
