"""Telling how far a job has come, now and then, and learning whether to stop."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from seatsync.domain.job import JobProgress
from seatsync.domain.progress import no_progress
from seatsync.errors import PassingFault
from seatsync.jobs.claims import Signal

if TYPE_CHECKING:
    from seatsync.domain.job import Job
    from seatsync.domain.progress import ProgressSink
    from seatsync.jobs.claims import Claims
    from seatsync.sdk.context import Clock, Control

EVERY_S = 0.5

_log = logging.getLogger(__name__)


class ProgressReport:
    """The progress sink of one job: writes at most every half second, in short sessions."""

    def __init__(
        self,
        claims: Claims,
        job: Job,
        control: Control,
        clock: Clock,
        listener: ProgressSink = no_progress,
    ) -> None:
        """Write through `claims`; `listener` hears of every step at once."""
        self._claims = claims
        self._job = job
        self._control = control
        self._clock = clock
        self._listener = listener
        self._newest = JobProgress()
        self._written = JobProgress()
        self._written_at: float | None = None

    def __call__(self, done: int, total: int | None, message: str | None) -> None:
        """Take note of the progress, and write it if the last time is long enough ago."""
        self._newest = JobProgress(done, total, message)
        self._listener(done, total, message)
        if self._is_time():
            self._write()

    def flush(self) -> None:
        """Write what was noted last, unless that has been written."""
        if self._newest != self._written:
            self._write()

    def _is_time(self) -> bool:
        now = self._clock.monotonic()
        return self._written_at is None or now - self._written_at >= EVERY_S

    def _write(self) -> None:
        try:
            signal = self._claims.report(self._job, self._newest)
        except PassingFault as fault:
            _log.info("progress of job %s could not be written: %s", self._job.id, fault)
        else:
            self._written = self._newest
            self._heed(signal)
        self._written_at = self._clock.monotonic()

    def _heed(self, signal: Signal) -> None:
        if signal is Signal.STOP:
            self._control.cancel("cancelled")
        elif signal is Signal.LOST:
            self._control.cancel("another worker has taken the job over")
