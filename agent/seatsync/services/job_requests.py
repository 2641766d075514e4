"""What people may do to jobs that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.roles import Permission

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.job import Job
    from seatsync.domain.roles import Caller
    from seatsync.jobs.queue import JobQueue


@dataclass(frozen=True, slots=True)
class JobRequests:
    """What a PROVISIONING caller may do to jobs."""

    queue: JobQueue

    def cancel(self, caller: Caller, job_id: UUID) -> Job:
        """Cancel a job that has not ended; raise `Refusal`."""
        caller.require(Permission.CONTROL_JOBS)
        return self.queue.request_cancel(job_id)

    def retry(self, caller: Caller, job_id: UUID) -> Job:
        """Queue a failed or cancelled job anew; raise `Refusal`."""
        caller.require(Permission.CONTROL_JOBS)
        return self.queue.retry(job_id)
