"""The worker threads of one process."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING
from uuid import uuid4

from seatsync.domain.progress import no_progress
from seatsync.errors import Cancelled
from seatsync.jobs.attendance import Attendance
from seatsync.jobs.claims import Claims
from seatsync.jobs.faults import attempt, log_fault
from seatsync.jobs.outcome import Backoff
from seatsync.jobs.performer import Performer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from seatsync.domain.job import Job, JobKind
    from seatsync.domain.progress import ProgressSink
    from seatsync.jobs.handler import Handler
    from seatsync.jobs.queue import JobQueue
    from seatsync.mirror.locks import Locks


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a process looks, in seconds, at what no bell of its own tells it."""

    poll_s: float = 1.0
    follow_s: float = 0.2
    recover_s: float = 3.0
    calm_s: float = 5.0
    """How long a worker leaves a database alone that has just failed it."""
    backoff: Backoff = field(default_factory=Backoff)


class Runner:
    """Does jobs in threads, one job a thread, until it is stopped."""

    def __init__(
        self,
        queue: JobQueue,
        locks: Locks,
        handlers: Mapping[JobKind, Handler],
        workers: int = 4,
        pace: Pace | None = None,
    ) -> None:
        """Prepare `workers` threads for `start`; `run_one` needs none."""
        self._queue = queue
        self._pace = pace or Pace()
        self._workers = workers
        claims = Claims(queue, uuid4().hex)
        self._performer = Performer(claims, handlers, queue.clock, self._pace.backoff)
        self._attendance = Attendance(queue, locks, claims, self._performer)
        self._threads: list[Thread] = []

    @property
    def is_alive(self) -> bool:
        """Tell whether jobs are being taken: every thread lives, none was stopped."""
        return (
            bool(self._threads)
            and not self._performer.is_stopping
            and self._attendance.is_on
            and all(thread.is_alive() for thread in self._threads)
        )

    @property
    def is_busy(self) -> bool:
        """Tell whether any job is being done."""
        return self._performer.is_busy

    def start(self) -> None:
        """Begin to take jobs; what a dead process left behind is queued again at once.

        Raises what `Locks.try_hold` does. A runner that was stopped is not started again.
        """
        self._attendance.begin(self._pace.poll_s, self._pace.recover_s)
        for number in range(1, self._workers + 1):
            thread = Thread(target=self._work, name=f"seatsync-worker-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, timeout: float = 30.0) -> bool:
        """Take no more jobs, let those at work hand themselves back, and wait for that.

        Returns False if some did not within `timeout` seconds: they stay in this process's
        name until it ends, and another one then does them anew.
        """
        self._performer.stop()
        self._queue.bell.ring()
        self._join(timeout)
        if any(thread.is_alive() for thread in self._threads):
            self._performer.abandon()
            return False
        self._attendance.end()
        return True

    def run_one(self, job_id: UUID, progress: ProgressSink = no_progress) -> Job:
        """Do this job in the calling thread, or follow whoever does; return it once it is final.

        Its retries are waited for. Raises `Refusal` with NOT_FOUND for an unknown id. An
        interrupt from the keyboard cancels the job if it is done here.
        """
        with self._attending():
            while not (job := self._queue.get(job_id)).status.is_final:
                self._do_or_follow(job, progress)
        return job

    def _do_or_follow(self, job: Job, progress: ProgressSink) -> None:
        if self._performer.is_stopping:
            raise Cancelled("shutdown")
        heard = self._queue.bell.rings
        if running := self._performer.take(job.id):
            self._performer.perform(running, progress)
        else:
            progress(job.progress.done, job.progress.total, job.progress.message)
            self._queue.bell.wait(heard, self._pace.follow_s)

    @contextmanager
    def _attending(self) -> Iterator[None]:
        if self._attendance.is_on:
            yield
            return
        self._attendance.begin(self._pace.poll_s, self._pace.recover_s)
        try:
            yield
        finally:
            self._attendance.end()

    def _work(self) -> None:
        while not self._performer.is_stopping:
            heard = self._queue.bell.rings
            did = attempt(self._do_next)
            if isinstance(did, Exception):
                log_fault("a worker could not take or end a job", did)
                self._queue.mirror.close()
                self._queue.bell.wait(heard, self._pace.calm_s)
            elif not did:
                self._queue.bell.wait(heard, self._pace.poll_s)
        self._queue.mirror.close()

    def _do_next(self) -> bool:
        running = self._performer.take()
        if running is None:
            return False
        self._performer.perform(running, no_progress)
        return True

    def _join(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
