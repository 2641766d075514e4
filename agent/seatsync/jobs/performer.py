"""Takes jobs from the claim through their handler to their outcome."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, TypeVar

from seatsync.domain.job import JobStatus
from seatsync.errors import Cancelled, NotApplicable, PassingFault
from seatsync.jobs.faults import attempt, log_fault
from seatsync.jobs.outcome import Outcome, decide_outcome, limit_attempts
from seatsync.jobs.progress import ProgressReport
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from seatsync.domain.job import Job, JobKind
    from seatsync.domain.progress import ProgressSink
    from seatsync.jobs.claims import Claims
    from seatsync.jobs.handler import Handler
    from seatsync.jobs.outcome import Backoff
    from seatsync.sdk.context import Clock

T = TypeVar("T")

INSIST_S = 1.0
"""How long to wait before an outcome that could not be saved is saved again."""

_jitter = secrets.SystemRandom()


@dataclass(slots=True)
class Running:
    """A job that is being done by this process."""

    job: Job
    control: Control = field(default_factory=Control)
    is_handed_back: bool = False

    def hand_back(self) -> None:
        """Ask the job to stop, to be done by another process."""
        self.is_handed_back = True
        self.control.cancel("shutdown")


class Performer:
    """Does jobs, each in the thread that takes it."""

    def __init__(
        self, claims: Claims, handlers: Mapping[JobKind, Handler], clock: Clock, backoff: Backoff
    ) -> None:
        """Claim through `claims`, and let the handler of its kind do each job."""
        self._claims = claims
        self._handlers = handlers
        self._clock = clock
        self._backoff = backoff
        self._running: dict[UUID, Running] = {}
        self._claiming = Lock()
        self._stopping = Event()
        self._abandoned = Event()

    @property
    def is_stopping(self) -> bool:
        """Tell whether jobs are no longer taken."""
        return self._stopping.is_set()

    def take(self, job_id: UUID | None = None) -> Running | None:
        """Claim the next job, or exactly `job_id`; None if it cannot be had now."""
        with self._claiming:
            job = None if self.is_stopping else self._claims.claim(job_id)
            if job is None:
                return None
            running = self._running[job.id] = Running(job)
        if self.is_stopping:
            running.hand_back()
        return running

    def perform(self, running: Running, listener: ProgressSink) -> None:
        """Do a job that was taken, and write down how it goes on."""
        try:
            if self._insist(lambda: self._claims.start(running.job)):
                self._conclude(running, self._handle(running, listener))
        except KeyboardInterrupt:
            self._claims.end(running.job, Outcome(JobStatus.CANCELLED))
            raise
        finally:
            del self._running[running.job.id]

    def cancel(self, job_id: UUID) -> None:
        """Tell a job, if it runs here, that a person asked it to stop."""
        if running := self._running.get(job_id):
            running.control.cancel("cancelled")

    def strays(self) -> list[Job]:
        """Return the jobs that are claimed in this worker's name, and done by no thread.

        An answer that was lost, or an outcome that no database would keep, leaves one behind.
        """
        with self._claiming:
            running = frozenset(self._running)
            return [job for job in self._claims.held() if job.id not in running]

    @property
    def is_busy(self) -> bool:
        """Tell whether any job is being done."""
        return bool(self._running)

    def stop(self) -> None:
        """Take no more jobs, and ask those at work to hand themselves back."""
        self._stopping.set()
        for running in tuple(self._running.values()):
            running.hand_back()

    def abandon(self) -> None:
        """Stop insisting on outcomes: whoever finds the jobs without a worker does them anew."""
        self._abandoned.set()

    def _handle(self, running: Running, listener: ProgressSink) -> Exception | None:
        report = ProgressReport(self._claims, running.job, running.control, self._clock, listener)

        def work() -> None:
            report(0, None, None)
            running.control.check()
            self._handler(running.job)(running.job, running.control, report)

        fault = attempt(work)
        attempt(report.flush)
        return fault

    def _handler(self, job: Job) -> Handler:
        handler = self._handlers.get(job.kind)
        if handler is None:
            raise NotApplicable(f"This agent does nothing for jobs of the kind {job.kind.value}.")
        return handler

    def _conclude(self, running: Running, fault: Exception | None) -> None:
        job = running.job
        reference = _log_fault_of(job, fault)
        outcome = limit_attempts(
            decide_outcome(fault, is_handed_back=running.is_handed_back, reference=reference),
            attempts=job.attempts,
            max_attempts=job.max_attempts,
            wait_s=self._backoff.wait_s(job.attempts, _jitter.random()),
        )
        self._insist(lambda: self._claims.end(job, outcome))

    def _insist(self, save: Callable[[], T]) -> T:
        """Save until the database has time; a job must not hang for want of its last word."""
        while True:
            try:
                return save()
            except PassingFault as fault:
                log_fault("the state of a job could not be saved", fault)
                if self._abandoned.wait(INSIST_S):
                    raise


def _log_fault_of(job: Job, fault: Exception | None) -> str:
    if fault is None or isinstance(fault, Cancelled | NotApplicable):
        return ""
    return log_fault(f"job {job.id} ({job.kind.value})", fault)
