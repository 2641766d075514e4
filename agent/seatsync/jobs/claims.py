"""What one worker process has claimed from the queue, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from seatsync.mirror import jobs

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.job import Job, JobProgress
    from seatsync.jobs.outcome import Outcome
    from seatsync.jobs.queue import JobQueue
    from seatsync.mirror.database import Mirror


class Signal(Enum):
    """What a worker learns when it tells how far it has come."""

    GO_ON = auto()
    STOP = auto()
    LOST = auto()


class Claims:
    """The worker's side of the queue; each method is a unit of work of its own."""

    def __init__(self, queue: JobQueue, worker: str) -> None:
        """Claim in the name of `worker`, which nobody else uses."""
        self._mirror = queue.mirror
        self._clock = queue.clock
        self._bell = queue.bell
        self.worker = worker

    def claim(self, job_id: UUID | None = None) -> Job | None:
        """Claim the job that has been due longest, or exactly `job_id`; None if there is none.

        A job whose provider has another one at work is left waiting.
        """
        if not self._is_anything_due(job_id):
            return None
        with self._mirror.writing():
            jobs.serialise(self._mirror)
            chosen = self._choose(job_id)
            if chosen is None or not jobs.claim_job(
                self._mirror, chosen, self.worker, self._clock.now()
            ):
                return None
            return jobs.find_job(self._mirror, chosen)

    def _is_anything_due(self, job_id: UUID | None) -> bool:
        """Look first without a lock: most of the time there is nothing to do."""
        with self._mirror.reading():
            return self._choose(job_id) is not None

    def _choose(self, job_id: UUID | None) -> UUID | None:
        now = self._clock.now()
        if job_id is None:
            return jobs.next_due(self._mirror, now)
        return job_id if jobs.is_due(self._mirror, job_id, now) else None

    def start(self, job: Job) -> bool:
        """Begin a claimed job; False if it belongs to another worker by now."""
        with self._mirror.writing():
            return jobs.start_job(self._mirror, job.id, self.worker, self._clock.now())

    def report(self, job: Job, progress: JobProgress) -> Signal:
        """Write down how far a job has come, and learn whether to go on."""
        with self._mirror.writing(durable=False):
            if not jobs.save_progress(
                self._mirror, job.id, self.worker, progress, self._clock.now()
            ):
                return Signal.LOST
            asked = jobs.is_cancel_requested(self._mirror, job.id)
            return Signal.STOP if asked else Signal.GO_ON

    def end(self, job: Job, outcome: Outcome) -> bool:
        """Write down how a job goes on; False if it belongs to another worker by now."""
        with self._mirror.writing():
            ended = end_claim(self._mirror, job.id, self.worker, outcome, self._clock.now())
        self._bell.ring()
        return ended

    def held(self) -> list[Job]:
        """Return the jobs that are claimed in this worker's name."""
        with self._mirror.reading():
            return jobs.claimed_jobs(self._mirror, self.worker)

    def asked_to_stop(self) -> list[UUID]:
        """Return those of them that somebody asked to stop."""
        with self._mirror.reading():
            return jobs.cancel_requests(self._mirror, self.worker)


def end_claim(mirror: Mirror, job_id: UUID, worker: str, outcome: Outcome, now: datetime) -> bool:
    """Write an outcome in the current session; False if the claim is not the worker's."""
    if outcome.status.is_final:
        return jobs.finish_job(
            mirror,
            job_id,
            worker,
            status=outcome.status,
            error_code=outcome.error_code,
            error_message=outcome.error_message,
            now=now,
        )
    return jobs.requeue_job(
        mirror,
        job_id,
        worker,
        status=outcome.status,
        error_code=outcome.error_code,
        error_message=outcome.error_message,
        attempts_back=0 if outcome.counts else 1,
        run_after=now + timedelta(seconds=outcome.wait_s),
        now=now,
    )
