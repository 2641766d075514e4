"""Where what users ask for inside the CRM is carried out: by the same services as over GraphQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from seatsync.crm.requests import Ending
from seatsync.domain.change_request import RequestState
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.job import JobStatus
from seatsync.domain.report import SyncOutcome
from seatsync.domain.roles import Caller, Role
from seatsync.errors import Refusal
from seatsync.mirror.contracts import CONTRACTS
from seatsync.mirror.jobs import find_job
from seatsync.mirror.run_log import run_of_job
from seatsync.mirror.runs import failures_of
from seatsync.services.sync_requests import ContractSyncRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from seatsync.domain.change_request import ChangeRequest
    from seatsync.domain.job import Job
    from seatsync.domain.report import SyncCounts, SyncFailure, SyncRun
    from seatsync.mirror.database import Mirror
    from seatsync.services.changing import Changing

T = TypeVar("T")

MOST_FAILURES = 20
"""How many failures the row of a request tells; the report has all of them."""

_WITHIN = timedelta(seconds=1)
"""The period of a report ends before its end; a run's last entry must be in it."""

_ROLES = frozenset({Role.BILLING, Role.PROVISIONING})
"""What the CRM's own security lets a user ask for who may fill in a change request."""

_STATES = {
    SyncOutcome.SUCCEEDED: RequestState.SUCCEEDED,
    SyncOutcome.PARTIAL: RequestState.PARTIAL,
}


@dataclass(frozen=True, slots=True)
class CrmDesk:
    """Carries change requests out through `change`; reports are found below `address`."""

    mirror: Mirror
    change: Changing
    address: str

    def sync(self, request: ChangeRequest, subscription_ids: tuple[UUID, ...]) -> UUID:
        """Ask for a sync from the request's contract; its row's id is the idempotency key."""
        wanted = ContractSyncRequest(
            _needed(request.billing_contract_id, "billing contract", "billingContract"),
            subscription_ids=subscription_ids,
            idempotency_key=f"crm:{request.id}",
        )
        return self.change.syncs.sync_contract(_caller(request), wanted).id

    def set_default(self, request: ChangeRequest) -> str:
        """Make the request's contract the default of its scope, in the place of any other."""
        contract_id = _needed(request.billing_contract_id, "billing contract", "billingContract")
        known = CONTRACTS.by_ids(self.mirror, [contract_id]).get(contract_id)
        wish = DefaultWish(narrowed_to=known.default_for if known else None, replace_existing=True)
        contract = self.change.contracts.set_default(_caller(request), contract_id, wish)
        return f"{contract.name} is the default contract."

    def map(self, request: ChangeRequest) -> str:
        """Map the request's provider account to its account, or unmap it where that is empty."""
        provider_account = _needed(
            request.provider_account_id, "provider account", "providerAccount"
        )
        mapped = self.change.mappings.map(_caller(request), provider_account, request.account_id)
        return f"{mapped.name} is {'mapped' if mapped.account_id else 'mapped to no account'}."

    def ending(self, job_id: UUID) -> Ending | None:
        """Return how a job ended; one that was pruned has ended, nobody knows how."""
        with self.mirror.reading():
            job = find_job(self.mirror, job_id)
            run = run_of_job(self.mirror, job_id)
            failures = failures_of(self.mirror, [run.id])[run.id] if run else []
        if job and not job.status.is_final:
            return None
        return self._of_run(run, failures) if run else _without_run(job)

    def _of_run(self, run: SyncRun, failures: Sequence[SyncFailure]) -> Ending:
        state = _STATES.get(run.outcome, RequestState.FAILED)
        return Ending(state, _told(run.counts, failures), run.counts, self._report_url(run))

    def _report_url(self, run: SyncRun) -> str:
        query = {
            "since": run.started_at.isoformat(),
            "until": ((run.finished_at or run.started_at) + _WITHIN).isoformat(),
            "billingContractId": str(run.billing_contract_id),
        }
        return f"{self.address}/reports/sync-report.csv?{urlencode(query)}"


def _told(counts: SyncCounts, failures: Sequence[SyncFailure]) -> str:
    said = (
        f"{counts.created} created, {counts.updated} updated, {counts.unchanged} unchanged,"
        f" {counts.failed} failed."
    )
    return "\n".join([said, *(f"{one.code}: {one.message}" for one in failures[:MOST_FAILURES])])


def _caller(request: ChangeRequest) -> Caller:
    return Caller(request.requested_by, _ROLES)


def _needed(value: T | None, what: str, name: str) -> T:
    if value is None:
        raise Refusal("INVALID_INPUT", f"the request names no {what}", path=(name,))
    return value


def _without_run(job: Job | None) -> Ending:
    if job is None:
        return Ending(RequestState.FAILED, "The job was deleted before its outcome was read.")
    if job.status is JobStatus.SUCCEEDED:
        return Ending(RequestState.SUCCEEDED, "Nothing was to be done.")
    return Ending(
        RequestState.FAILED, f"{job.error_code or job.status.value}: {job.error_message or ''}"
    )
