"""What each kind of job does."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from seatsync.domain.job import JobKind
from seatsync.mirror.retention import delete_run, runs_before
from seatsync.mirror.settings import load_settings
from seatsync.sync.request import ContractSync, ProviderSync

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.crm.exchange import CrmExchange
    from seatsync.domain.job import Job
    from seatsync.domain.progress import ProgressSink
    from seatsync.domain.report import SyncRun
    from seatsync.jobs.handler import Handler
    from seatsync.jobs.queue import JobQueue
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock, Control
    from seatsync.sync.engine import SyncEngine

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handlers:
    """The jobs that this agent can do."""

    mirror: Mirror
    queue: JobQueue
    engine: SyncEngine
    clock: Clock
    crm: CrmExchange | None = None
    """What passes between the agent and its CRM; None when the mirror itself is the CRM."""

    def by_kind(self) -> Mapping[JobKind, Handler]:
        """Return what does each kind of job."""
        handlers: dict[JobKind, Handler] = {
            JobKind.SYNC_PROVIDER: self.sync_provider,
            JobKind.SYNC_SUBSCRIPTIONS: self.sync_subscriptions,
            JobKind.SYNC_PROVIDER_ACCOUNTS: self.sync_provider_accounts,
            JobKind.VERIFY_CONNECTIVITY: self.verify_connectivity,
            JobKind.PRUNE_REPORT: self.prune_report,
        }
        return handlers | (_exchange_handlers(self.crm) if self.crm else {})

    def sync_provider(self, job: Job, control: Control, progress: ProgressSink) -> None:
        """Sync everything of one provider."""
        self._await_crm(control, progress)
        request = ProviderSync(
            job.arguments["provider_key"], requested_by=job.requested_by, job_id=job.id
        )
        _log_run(self.engine.sync_provider(request, control, progress))

    def sync_subscriptions(self, job: Job, control: Control, progress: ProgressSink) -> None:
        """Sync from a billing contract."""
        self._await_crm(control, progress)
        arguments = job.arguments
        keys = arguments["provider_keys"]
        request = ContractSync(
            UUID(arguments["billing_contract_id"]),
            requested_by=job.requested_by,
            ticked=frozenset(UUID(text) for text in arguments["subscription_ids"]),
            provider_keys=None if keys is None else tuple(keys),
            expect_checksum=arguments["expect_checksum"],
            job_id=job.id,
        )
        _log_run(self.engine.sync_contract(request, control, progress))

    def sync_provider_accounts(self, job: Job, control: Control, progress: ProgressSink) -> None:
        """Read the customers of one provider."""
        self._await_crm(control, progress)
        self.engine.sync_provider_accounts(job.arguments["provider_key"], control, progress)

    def verify_connectivity(self, job: Job, control: Control, progress: ProgressSink) -> None:
        """Verify Connectivity of one provider."""
        self.engine.verify(job.arguments["provider_key"], control, progress)

    def _await_crm(self, control: Control, progress: ProgressSink) -> None:
        if self.crm is not None:
            self.crm.ensure_read(control, progress)

    def prune_report(self, _job: Job, control: Control, progress: ProgressSink) -> None:
        """Delete runs, with their entries, and jobs that are older than the retention.

        A retention of 0 days keeps everything.
        """
        with self.mirror.reading():
            days = load_settings(self.mirror).report_retention_days
            before = self.clock.now() - timedelta(days=days)
            runs = runs_before(self.mirror, before) if days else ()
        for done, run_id in enumerate(runs):
            control.check()
            with self.mirror.writing():
                delete_run(self.mirror, run_id)
            progress(done + 1, len(runs), "deleting old sync runs")
        if days:
            self.queue.prune(before)


def _exchange_handlers(crm: CrmExchange) -> dict[JobKind, Handler]:
    return {
        JobKind.CRM_PULL: lambda _, control, progress: crm.pull(control, progress),
        JobKind.CRM_PUSH: lambda _, control, progress: crm.push(control, progress),
    }


def _log_run(run: SyncRun) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in asdict(run.counts).items() if count)
    what = f"contract {run.billing_contract_id}" if run.billing_contract_id else run.provider_key
    LOG.info("Sync of %s: %s (%s)", what, run.outcome.value, counts or "nothing fetched")
