"""Jobs whose worker is gone: found, and queued again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from seatsync.jobs.claims import end_claim
from seatsync.jobs.outcome import limit_attempts, lost_outcome
from seatsync.mirror import jobs

if TYPE_CHECKING:
    from seatsync.domain.job import Job
    from seatsync.jobs.queue import JobQueue
    from seatsync.mirror.locks import Locks

_log = logging.getLogger(__name__)


def worker_lock(worker: str) -> str:
    """Return the name of the lock that a worker holds as long as its process lives."""
    return f"worker:{worker}"


class Orphans:
    """Finds jobs at work whose worker's lock nobody holds."""

    def __init__(self, queue: JobQueue, locks: Locks) -> None:
        """Look into `queue`; `locks` tell which workers live."""
        self._queue = queue
        self._mirror = queue.mirror
        self._locks = locks

    def recover(self, myself: str) -> None:
        """Queue again what belongs to workers that are gone; `myself` is known to live."""
        with self._mirror.reading():
            workers = jobs.workers_with_jobs(self._mirror)
        for worker in workers:
            if worker != myself and not self._locks.is_held(worker_lock(worker)):
                self.release(worker, self._claimed(worker))

    def release(self, worker: str, claimed: list[Job]) -> None:
        """Queue jobs of `worker` again, or fail those that have no attempt left."""
        now = self._queue.clock.now()
        for job in claimed:
            outcome = limit_attempts(
                lost_outcome(), attempts=job.attempts, max_attempts=job.max_attempts, wait_s=0.0
            )
            with self._mirror.writing():
                taken = end_claim(self._mirror, job.id, worker, outcome, now)
            if taken:
                _log.warning(
                    "job %s (%s) lost its worker %s: %s", job.id, job.kind, worker, outcome.status
                )
        if claimed:
            self._queue.bell.ring()

    def _claimed(self, worker: str) -> list[Job]:
        with self._mirror.reading():
            return jobs.claimed_jobs(self._mirror, worker)
