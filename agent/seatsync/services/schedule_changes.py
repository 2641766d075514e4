"""Changing the schedule, and letting a scheduled job run now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatsync.domain.audit import audited_changes
from seatsync.domain.roles import Permission
from seatsync.domain.text import required_text

if TYPE_CHECKING:
    from seatsync.domain.job import Job, ScheduledJob
    from seatsync.domain.roles import Caller
    from seatsync.jobs.schedule import Schedule
    from seatsync.services.journal import Journal


@dataclass(frozen=True, slots=True)
class ScheduleChanges:
    """What an ADMIN may do to the schedule, and a PROVISIONING caller with it."""

    journal: Journal
    schedule: Schedule

    def update(
        self,
        caller: Caller,
        key: str,
        *,
        enabled: bool | None = None,
        interval_minutes: int | None = None,
    ) -> ScheduledJob:
        """Change what is given (not None), in force at once; raise `Refusal`."""
        with self.journal.changing(caller, Permission.CONFIGURE, "updateScheduledJob") as notes:
            old = self.schedule.get(required_text(key, "key"))
            wanted = replace(
                old,
                enabled=old.enabled if enabled is None else enabled,
                interval_minutes=(
                    old.interval_minutes if interval_minutes is None else interval_minutes
                ),
            )
            if wanted == old:
                return old
            notes.note(audited_changes(old, wanted), target_key=key)
            return self.schedule.update(key, enabled=enabled, interval_minutes=interval_minutes)

    def run_now(self, caller: Caller, key: str) -> Job:
        """Queue a scheduled job now, switched on or not; raise `Refusal`."""
        caller.require(Permission.RUN_SCHEDULE)
        return self.schedule.run_now(required_text(key, "key"), caller.name)
