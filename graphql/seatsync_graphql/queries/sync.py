"""Queries about previews, runs, the report and jobs."""

from __future__ import annotations

import strawberry
from strawberry import UNSET, Info

from seatsync.domain import filters as records
from seatsync_graphql.batch import show_all
from seatsync_graphql.context import Context
from seatsync_graphql.filters import (
    JobFilter,
    SyncReportFilter,
    SyncRunFilter,
    read_filter,
    window,
)
from seatsync_graphql.nouns import JOB, SYNC_REPORT_ENTRY, SYNC_RUN
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import JobRef, SyncReportEntryRef, SyncRunRef
from seatsync_graphql.scalars import identifier
from seatsync_graphql.types.node import resolved
from seatsync_graphql.types.scheduled_job import ScheduledJob
from seatsync_graphql.types.sync_preview import SubscriptionSyncPreview


@strawberry.type
class SyncQueries:
    """Previews, runs, the report, jobs."""

    @resolved(
        "What the provider returns now for one billing contract, compared with the"
        " mirror. Changes nothing."
    )
    def subscription_sync_preview(
        self,
        info: Info[Context, None],
        billing_contract_id: strawberry.ID,
        provider_keys: list[str] | None = UNSET,
    ) -> SubscriptionSyncPreview:
        """Ask the providers."""
        context = info.context
        contract_id = identifier(billing_contract_id, "billingContractId")
        previews = context.services.previews
        preview = previews.preview(context.caller, contract_id, provider_keys or None)
        return show_all(SubscriptionSyncPreview, context, [preview])[0]

    @strawberry.field
    def sync_run(self, info: Info[Context, None], id_: strawberry.ID) -> SyncRunRef | None:
        """Return one sync run."""
        return SYNC_RUN.find(info.context, identifier(id_))

    @strawberry.field
    def sync_runs(
        self,
        info: Info[Context, None],
        filter_: SyncRunFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SyncRunRef]:
        """Return sync runs, newest first."""
        wanted = read_filter(records.SyncRunFilter, filter_)
        return SYNC_RUN.page(info.context, wanted, window(first, after, last, before))

    @resolved(
        "The Subscription Sync Report: what manual and automatic syncs did,"
        " subscription by subscription, newest first."
    )
    def sync_report(
        self,
        info: Info[Context, None],
        filter_: SyncReportFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SyncReportEntryRef]:
        """Return report entries, newest first."""
        wanted = read_filter(records.SyncReportFilter, filter_)
        return SYNC_REPORT_ENTRY.page(info.context, wanted, window(first, after, last, before))

    @strawberry.field
    def job(self, info: Info[Context, None], id_: strawberry.ID) -> JobRef | None:
        """Return one job."""
        return JOB.find(info.context, identifier(id_))

    @strawberry.field
    def jobs(
        self,
        info: Info[Context, None],
        filter_: JobFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[JobRef]:
        """Return jobs, newest first."""
        wanted = read_filter(records.JobFilter, filter_)
        return JOB.page(info.context, wanted, window(first, after, last, before))

    @strawberry.field
    def scheduled_jobs(self, info: Info[Context, None]) -> list[ScheduledJob]:
        """Return the schedule, by key."""
        context = info.context
        schedule = context.services.read.overview.schedule(context.caller)
        return show_all(ScheduledJob, context, schedule)
