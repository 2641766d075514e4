"""Mutations about syncs, jobs and the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry
from strawberry import Info

from seatsync_graphql.batch import show_all
from seatsync_graphql.context import Context
from seatsync_graphql.inputs.given import given
from seatsync_graphql.inputs.sync import (
    JobInput,
    RunScheduledJobInput,
    SyncProviderAccountsInput,
    SyncProviderInput,
    SyncSubscriptionsInput,
    UpdateScheduledJobInput,
    VerifyConnectivityInput,
)
from seatsync_graphql.nouns import JOB
from seatsync_graphql.payloads import JobPayload, ScheduledJobPayload, answer
from seatsync_graphql.scalars import identifier
from seatsync_graphql.types.node import resolved
from seatsync_graphql.types.scheduled_job import ScheduledJob

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.job import Job


@strawberry.type
class SyncMutations:
    """Asking for syncs, and controlling jobs and schedule."""

    @resolved(
        "Sync Subscriptions on a billing contract: refreshes what is on it,"
        " and imports the selected candidates into it."
    )
    def sync_subscriptions(
        self, info: Info[Context, None], input_: SyncSubscriptionsInput
    ) -> JobPayload:
        """Ask for a sync from a contract."""
        context, request = info.context, input_.request()
        syncs = context.services.change.syncs
        return _job(context, lambda: syncs.sync_contract(context.caller, request))

    @resolved("Sync everything of one provider now, as the schedule would.")
    def sync_provider(self, info: Info[Context, None], input_: SyncProviderInput) -> JobPayload:
        """Ask for a sync of a provider."""
        context, key = info.context, given(input_.idempotency_key)
        syncs = context.services.change.syncs
        return _job(context, lambda: syncs.sync_provider(context.caller, input_.provider_key, key))

    @resolved("Read the provider's customers, without their subscriptions.")
    def sync_provider_accounts(
        self, info: Info[Context, None], input_: SyncProviderAccountsInput
    ) -> JobPayload:
        """Ask for a reading of a provider's customers."""
        context, key = info.context, given(input_.idempotency_key)
        syncs = context.services.change.syncs
        return _job(
            context,
            lambda: syncs.sync_provider_accounts(context.caller, input_.provider_key, key),
        )

    @strawberry.field
    def verify_connectivity(
        self, info: Info[Context, None], input_: VerifyConnectivityInput
    ) -> JobPayload:
        """Ask for Verify Connectivity."""
        context = info.context
        syncs = context.services.change.syncs
        return _job(context, lambda: syncs.verify(context.caller, input_.provider_key))

    @strawberry.field
    def cancel_job(self, info: Info[Context, None], input_: JobInput) -> JobPayload:
        """Cancel a job."""
        context, job_id = info.context, identifier(input_.job_id, "jobId")
        return _job(context, lambda: context.services.change.jobs.cancel(context.caller, job_id))

    @strawberry.field
    def retry_job(self, info: Info[Context, None], input_: JobInput) -> JobPayload:
        """Queue a job anew."""
        context, job_id = info.context, identifier(input_.job_id, "jobId")
        return _job(context, lambda: context.services.change.jobs.retry(context.caller, job_id))

    @strawberry.field
    def update_scheduled_job(
        self, info: Info[Context, None], input_: UpdateScheduledJobInput
    ) -> ScheduledJobPayload:
        """Change how often a scheduled job runs, or whether it does."""
        context = info.context

        def update() -> ScheduledJob:
            row = context.services.change.schedule.update(
                context.caller,
                input_.key,
                enabled=given(input_.enabled),
                interval_minutes=given(input_.interval_minutes),
            )
            return show_all(ScheduledJob, context, [row])[0]

        return answer(ScheduledJobPayload, update, "scheduled_job")

    @strawberry.field
    def run_scheduled_job(
        self, info: Info[Context, None], input_: RunScheduledJobInput
    ) -> JobPayload:
        """Queue a scheduled job now."""
        context = info.context
        schedule = context.services.change.schedule
        return _job(context, lambda: schedule.run_now(context.caller, input_.key))


def _job(context: Context, work: Callable[[], Job]) -> JobPayload:
    return answer(JobPayload, lambda: JOB.show(context, work()), "job")
