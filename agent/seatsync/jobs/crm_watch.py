"""Noticing that the CRM has to be told something."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from seatsync.domain.job import JobKind, JobStatus
from seatsync.jobs.schedule import REQUESTED_BY
from seatsync.mirror.crm_waiting import is_anything_waiting
from seatsync.mirror.jobs import last_of_kind

if TYPE_CHECKING:
    from seatsync.domain.job import Job
    from seatsync.jobs.queue import JobQueue
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock

REST = timedelta(minutes=1)
"""How long nothing is sent after all attempts of a push have failed."""


class CrmWatch:
    """Queues a push whenever something waits for the CRM and none is under way."""

    def __init__(self, queue: JobQueue, mirror: Mirror, clock: Clock) -> None:
        """Submit to `queue` what the outbox and the change requests of `mirror` call for."""
        self._queue = queue
        self._mirror = mirror
        self._clock = clock

    def look(self) -> Job | None:
        """Queue a push if one is due, and return it."""
        with self._mirror.reading():
            due = is_anything_waiting(self._mirror, self._clock.now()) and self._may_begin()
        if not due:
            return None
        return self._queue.submit(JobKind.CRM_PUSH, arguments={}, requested_by=REQUESTED_BY)

    def _may_begin(self) -> bool:
        last = last_of_kind(self._mirror, JobKind.CRM_PUSH)
        if last is None:
            return True
        if last.status is JobStatus.FAILED and last.finished_at:
            return self._clock.now() - last.finished_at >= REST
        return last.status.is_final
