"""The schedule: which jobs repeat, how often, and letting them run when they are due."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seatsync.domain.job import JobStatus
from seatsync.errors import Refusal
from seatsync.jobs.digest import request_digest
from seatsync.jobs.queue import MAX_ATTEMPTS, new_job
from seatsync.jobs.timetable import changed_next_run, default_schedule, next_run
from seatsync.mirror import jobs, schedule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from seatsync.domain.job import Job, ScheduledJob
    from seatsync.jobs.queue import JobQueue
    from seatsync.jobs.timetable import ProviderSchedule
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock

REQUESTED_BY = "schedule"
MAX_INTERVAL_MINUTES = 366 * 24 * 60

_log = logging.getLogger(__name__)


class Schedule:
    """The scheduled jobs of one database; each method is a unit of work, or part of the outer."""

    def __init__(self, queue: JobQueue, mirror: Mirror, clock: Clock) -> None:
        """Submit to `queue` what is due."""
        self._queue = queue
        self._mirror = mirror
        self._clock = clock

    def ensure(self, providers: Iterable[ProviderSchedule], crm_minutes: int | None = None) -> None:
        """Add what is missing for the configured providers and CRM; hide what belongs to others.

        What exists stays as it is, so that changes through the API survive a restart.
        """
        rows = default_schedule(providers, self._clock.now(), crm_minutes)
        with self._mirror.writing():
            schedule.insert_missing(self._mirror, rows)
            schedule.mark_configured(self._mirror, frozenset(row.key for row in rows))

    def all(self) -> list[ScheduledJob]:
        """Return the scheduled jobs of what is configured, by key."""
        with self._mirror.reading():
            return schedule.all_scheduled(self._mirror)

    def get(self, key: str) -> ScheduledJob:
        """Return one scheduled job; raise `Refusal` with NOT_FOUND if there is none."""
        with self._mirror.reading():
            return self._find(key)

    def update(
        self, key: str, *, enabled: bool | None = None, interval_minutes: int | None = None
    ) -> ScheduledJob:
        """Change what is given (not None), in force at once; return the row as it is now.

        Raises `Refusal` with NOT_FOUND, or INVALID_INPUT for an interval outside 1 minute
        to 366 days.
        """
        _check_interval(interval_minutes)
        with self._mirror.writing():
            row = self._find(key)
            is_enabled = row.enabled if enabled is None else enabled
            minutes = interval_minutes or row.interval_minutes
            schedule.change_scheduled(
                self._mirror,
                key,
                enabled=is_enabled,
                interval_minutes=minutes,
                next_run_at=changed_next_run(
                    row.last_run_at,
                    enabled=is_enabled,
                    interval_minutes=minutes,
                    now=self._clock.now(),
                ),
            )
            return self._find(key)

    def run_now(self, key: str, requested_by: str) -> Job:
        """Queue a scheduled job now, switched on or not; its next time stays as it is.

        Raises `Refusal` with NOT_FOUND.
        """
        with self._mirror.writing():
            row = self._find(key)
            schedule.mark_run(self._mirror, key, self._clock.now())
            return self._submit(row, requested_by)

    def due(self) -> list[ScheduledJob]:
        """Return what should have run by now, the longest due first."""
        with self._mirror.reading():
            return schedule.due_scheduled(self._mirror, self._clock.now())

    def fire(self, row: ScheduledJob) -> Job | None:
        """Queue a due row's job and move the row on, in one step; None if another process did.

        If the last job of the row is not over, the time is left out: a job that is
        NOT_APPLICABLE from the start records it, and is returned.
        """
        now = self._clock.now()
        with self._mirror.writing():
            unfinished = jobs.unfinished_of_schedule(self._mirror, row.key)
            if not schedule.advance(
                self._mirror,
                row,
                next_run_at=next_run(row.interval_minutes, now),
                last_run_at=row.last_run_at if unfinished else now,
            ):
                return None
            if unfinished:
                return self._record_overrun(row, unfinished, now)
            return self._submit(row, REQUESTED_BY)

    def _submit(self, row: ScheduledJob, requested_by: str) -> Job:
        return self._queue.submit(
            row.kind,
            arguments=_arguments(row),
            requested_by=requested_by,
            provider_key=row.provider_key,
            schedule_key=row.key,
        )

    def _record_overrun(self, row: ScheduledJob, unfinished: Job, now: datetime) -> Job:
        message = f"Left out: job {unfinished.id} of the same schedule is not over."
        job = replace(
            new_job(row.kind, _arguments(row), REQUESTED_BY, MAX_ATTEMPTS, now),
            status=JobStatus.NOT_APPLICABLE,
            finished_at=now,
            error_code=schedule.OVERRUN,
            error_message=message,
        )
        jobs.insert_job(
            self._mirror,
            job,
            provider_key=row.provider_key,
            digest=request_digest(row.kind, row.provider_key, job.arguments),
        )
        jobs.adopt_keys(self._mirror, job.id, schedule_key=row.key)
        _log.warning("%s: %s", row.key, message)
        return job

    def _find(self, key: str) -> ScheduledJob:
        row = schedule.find_scheduled(self._mirror, key)
        if row is None:
            raise Refusal("NOT_FOUND", f"There is no scheduled job {key!r}.", path=("key",))
        return row


def _arguments(row: ScheduledJob) -> dict[str, Any]:
    return {"provider_key": row.provider_key} if row.provider_key else {}


def _check_interval(minutes: int | None) -> None:
    if minutes is not None and not 1 <= minutes <= MAX_INTERVAL_MINUTES:
        raise Refusal(
            "INVALID_INPUT",
            f"The interval must be 1 to {MAX_INTERVAL_MINUTES} minutes.",
            path=("intervalMinutes",),
        )
