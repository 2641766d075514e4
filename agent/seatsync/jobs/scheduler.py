"""The clockwork of the schedule: one tick, every second."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from seatsync.jobs.faults import attempt, log_fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.jobs.schedule import Schedule
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock

TICK_S = 1.0
STALE_S = 15.0
"""A tick that is older means that nothing is started by the schedule any more."""


class Scheduler:
    """Looks every tick which scheduled jobs are due, and queues them."""

    def __init__(
        self,
        schedule: Schedule,
        mirror: Mirror,
        clock: Clock,
        tick_s: float = TICK_S,
        *,
        look: Callable[[], object] | None = None,
    ) -> None:
        """Prepare the clockwork that follows `schedule`.

        `look` is called at every tick, for what begins by itself rather than at a time.
        """
        self.schedule = schedule
        self._mirror = mirror
        self._clock = clock
        self._tick_s = tick_s
        self._look = look
        self._ticked_at = clock.monotonic()
        self._pool: ThreadPoolExecutor | None = None
        self._clockwork: BackgroundScheduler | None = None

    def start(self) -> None:
        """Begin to tick, at once."""
        self._ticked_at = self._clock.monotonic()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="seatsync-schedule")
        self._clockwork = BackgroundScheduler(
            timezone=UTC,
            executors={"default": _OneThread(self._pool)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._clockwork.add_job(
            self._survive_tick,
            "interval",
            seconds=self._tick_s,
            next_run_time=datetime.now(UTC),
        )
        self._clockwork.start()

    def stop(self) -> None:
        """Stop ticking; a tick under way is finished."""
        if self._clockwork and self._pool:
            self._clockwork.remove_all_jobs()
            self._pool.submit(self._mirror.close).result()
            self._clockwork.shutdown(wait=True)
        self._clockwork = self._pool = None

    def tick(self) -> None:
        """Queue everything that is due; what fails for one does not hold up the others."""
        for row in self.schedule.due():
            fired = attempt(partial(self.schedule.fire, row))
            if isinstance(fired, Exception):
                log_fault(f"the scheduled job {row.key} could not be queued", fired)
        if self._look and isinstance(fault := attempt(self._look), Exception):
            log_fault("what waits for the CRM could not be looked at", fault)
        self._ticked_at = self._clock.monotonic()

    def seconds_since_tick(self) -> float:
        """Return how long ago the last tick was done, in seconds."""
        return self._clock.monotonic() - self._ticked_at

    @property
    def is_alive(self) -> bool:
        """Tell whether the schedule is being followed; False before `start` and after `stop`."""
        return self._clockwork is not None and self.seconds_since_tick() < STALE_S

    def _survive_tick(self) -> None:
        fault = attempt(self.tick)
        if fault:
            log_fault("a tick of the schedule failed", fault)
            self._mirror.close()


class _OneThread(BasePoolExecutor):  # type: ignore[misc] # apscheduler has no annotations
    """Runs ticks in a pool that we can reach, so that its thread can close its connection."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        super().__init__(pool)
