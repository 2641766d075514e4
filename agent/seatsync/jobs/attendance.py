"""The presence of a worker process: its lock, and its eye on cancelled and orphaned jobs."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import TYPE_CHECKING

from seatsync.errors import DatabaseBusy
from seatsync.jobs.faults import attempt, log_fault
from seatsync.jobs.orphans import Orphans, worker_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.jobs.claims import Claims
    from seatsync.jobs.performer import Performer
    from seatsync.jobs.queue import JobQueue
    from seatsync.mirror.locks import Held, Locks

JOIN_S = 10.0


class Attendance:
    """Shows the others that this process lives, by a lock that its death would free."""

    def __init__(self, queue: JobQueue, locks: Locks, claims: Claims, performer: Performer) -> None:
        """Attend in the name of the claims' worker."""
        self._queue = queue
        self._locks = locks
        self._claims = claims
        self._performer = performer
        self._orphans = Orphans(queue, locks)
        self._ended = Event()
        self._held: Held | None = None
        self._thread: Thread | None = None

    @property
    def is_on(self) -> bool:
        """Tell whether the process is attending."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, poll_s: float, recover_s: float) -> None:
        """Take the lock and begin to look, each `poll_s` and `recover_s` seconds."""
        self._ended.clear()
        self._hold()
        self._thread = Thread(
            target=self._look, args=(poll_s, recover_s), name="seatsync-attendance", daemon=True
        )
        self._thread.start()

    def end(self) -> None:
        """Stop looking and let the lock go; every job of this process must have ended."""
        self._ended.set()
        self._queue.bell.ring()
        if self._thread:
            self._thread.join(JOIN_S)
        if self._held:
            self._held.release()
        self._thread = self._held = None

    def _hold(self) -> None:
        self._held = self._locks.try_hold(worker_lock(self._claims.worker))
        if self._held is None:
            raise DatabaseBusy("the worker's own lock is still held by its lost connection")

    def _look(self, poll_s: float, recover_s: float) -> None:
        recovered_at = -recover_s
        while not self._ended.is_set():
            heard = self._queue.bell.rings
            self._survive("passing on cancellations", self._pass_on_cancellations)
            if time.monotonic() - recovered_at >= recover_s:
                self._survive("looking for jobs without a worker", self._recover)
                recovered_at = time.monotonic()
            self._queue.bell.wait(heard, poll_s)
        self._queue.mirror.close()

    def _survive(self, doing: str, work: Callable[[], None]) -> None:
        fault = attempt(work)
        if fault:
            log_fault(doing, fault)
            self._queue.mirror.close()

    def _pass_on_cancellations(self) -> None:
        if self._performer.is_busy:
            for job_id in self._claims.asked_to_stop():
                self._performer.cancel(job_id)

    def _recover(self) -> None:
        if self._held is None or not self._held.is_in_force():
            self._hold()
        self._orphans.release(self._claims.worker, self._performer.strays())
        self._orphans.recover(self._claims.worker)
