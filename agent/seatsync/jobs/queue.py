"""The job queue: what callers ask for, and what they may do with it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.ids import new_id
from seatsync.domain.job import Job, JobKind, JobProgress, JobStatus
from seatsync.errors import Refusal
from seatsync.jobs.bell import Bell
from seatsync.jobs.digest import request_digest
from seatsync.mirror import jobs
from seatsync.sdk.context import Clock

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.mirror.database import Mirror

MAX_ATTEMPTS = 5


class JobQueue:
    """Jobs of one database, the same for every process that shares it.

    Every method is a unit of work of its own, or takes part in the one it is called in.
    """

    def __init__(self, mirror: Mirror, clock: Clock | None = None) -> None:
        """Keep the jobs in `mirror`; `bell` rings at each change made through this object."""
        self.mirror = mirror
        self.clock = clock or Clock()
        self.bell = Bell()

    def submit(
        self,
        kind: JobKind,
        *,
        arguments: dict[str, Any],
        requested_by: str,
        provider_key: str | None = None,
        idempotency_key: str | None = None,
        schedule_key: str | None = None,
        max_attempts: int = MAX_ATTEMPTS,
    ) -> Job:
        """Queue a job and return it, or the one that the request joins.

        A request joins a waiting job with the same kind, provider and `arguments` (JSON
        values), whose retry it hurries unless the schedule asks; and the first job that was
        asked for with its idempotency key. Raises `Refusal` with IDEMPOTENCY_CONFLICT if that
        one's input was another.
        """
        digest = request_digest(kind, provider_key, arguments)
        with self.mirror.writing():
            jobs.serialise(self.mirror)
            if known := self._known(idempotency_key, digest):
                return known
            twin = jobs.find_waiting_twin(self.mirror, digest, idempotency_key)
            job = twin or new_job(kind, arguments, requested_by, max_attempts, self.clock.now())
            if twin is None:
                jobs.insert_job(self.mirror, job, provider_key=provider_key, digest=digest)
            elif schedule_key is None:
                jobs.hurry_retry(self.mirror, twin.id, self.clock.now())
            jobs.adopt_keys(
                self.mirror, job.id, idempotency_key=idempotency_key, schedule_key=schedule_key
            )
        self.bell.ring()
        return job

    def _known(self, idempotency_key: str | None, digest: str) -> Job | None:
        if idempotency_key is None:
            return None
        found = jobs.find_by_idempotency_key(self.mirror, idempotency_key)
        if found is None:
            return None
        job, first_digest = found
        if first_digest != digest:
            raise Refusal(
                "IDEMPOTENCY_CONFLICT",
                "This idempotency key was used before with another input.",
                path=("idempotencyKey",),
            )
        return job

    def get(self, job_id: UUID) -> Job:
        """Return a job; raise `Refusal` with NOT_FOUND if there is none with this id."""
        with self.mirror.reading():
            return self._find(job_id)

    def request_cancel(self, job_id: UUID) -> Job:
        """Cancel a waiting job at once; ask a running one to stop between two steps.

        Raises `Refusal` with NOT_FOUND, or with JOB_NOT_CANCELLABLE once it has ended.
        """
        with self.mirror.writing():
            if not jobs.cancel_job(self.mirror, job_id, self.clock.now()):
                status = self._find(job_id).status
                raise Refusal(
                    "JOB_NOT_CANCELLABLE",
                    f"The job is {status.value} already.",
                    path=("jobId",),
                )
            job = self._find(job_id)
        self.bell.ring()
        return job

    def retry(self, job_id: UUID) -> Job:
        """Queue a failed or cancelled job anew, under its id and with all its attempts.

        Raises `Refusal` with NOT_FOUND, or with JOB_NOT_RETRYABLE in any other state.
        """
        with self.mirror.writing():
            if not jobs.reset_job(self.mirror, job_id, self.clock.now()):
                status = self._find(job_id).status
                raise Refusal(
                    "JOB_NOT_RETRYABLE",
                    f"Only a failed or cancelled job can be retried; this one is {status.value}.",
                    path=("jobId",),
                )
            job = self._find(job_id)
        self.bell.ring()
        return job

    def prune(self, before: datetime) -> int:
        """Delete the jobs that ended before an instant; return how many."""
        with self.mirror.writing():
            return jobs.delete_finished(self.mirror, before)

    def _find(self, job_id: UUID) -> Job:
        job = jobs.find_job(self.mirror, job_id)
        if job is None:
            raise Refusal("NOT_FOUND", f"There is no job {job_id}.", path=("jobId",))
        return job


def new_job(
    kind: JobKind, arguments: dict[str, Any], requested_by: str, max_attempts: int, now: datetime
) -> Job:
    """Return a job as it is when it has just been asked for."""
    return Job(
        id=new_id(),
        kind=kind,
        status=JobStatus.WAITING,
        attempts=0,
        max_attempts=max_attempts,
        progress=JobProgress(),
        requested_by=requested_by,
        arguments=arguments,
        created_at=now,
        started_at=None,
        finished_at=None,
        error_code=None,
        error_message=None,
    )
