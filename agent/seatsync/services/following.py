"""Following what goes on: a job to its end, and report entries as they are written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from seatsync.domain.filters import SyncReportFilter, SyncRunFilter
from seatsync.domain.paging import LARGEST_SIZE, Window
from seatsync.domain.report import SyncOutcome
from seatsync.errors import Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.job import Job
    from seatsync.domain.report import ReportEntry, SyncRun
    from seatsync.domain.roles import Caller
    from seatsync.services.door import Reading

LOOK_BACK = timedelta(seconds=60)
"""For how long a run that began is looked for: its row is seen only once it is committed."""


@dataclass(slots=True)
class JobTail:
    """A job now, and then whenever it has changed, until it has ended."""

    read: Reading
    caller: Caller
    job_id: UUID
    has_ended: bool = False
    _last: Job | None = None

    def poll(self) -> list[Job]:
        """Return the job if it has changed since the last time; raise `Refusal` without one."""
        job = self.read.jobs.get(self.caller, self.job_id)
        if job is None and self._last is None:
            raise Refusal("NOT_FOUND", f"there is no job {self.job_id}", path=("id",))
        self.has_ended = job is None or job.status.is_final
        changed = [job] if job is not None and job != self._last else []
        self._last = job
        return changed


@dataclass(slots=True)
class ReportTail:
    """Report entries that are written from now on, those of each run in their order.

    One run is written by one worker after the other, so what is newer than the newest entry
    seen of a run is all that is new of it; over several runs no such order holds.
    """

    read: Reading
    caller: Caller
    wanted: SyncReportFilter
    has_ended: bool = False
    _cursors: dict[UUID, str | None] | None = None
    _behind: set[UUID] = field(default_factory=set)

    def poll(self) -> list[ReportEntry]:
        """Return what was written since the last time; at the first time nothing."""
        with self.read.session():
            runs = self._runs()
            if self._cursors is None:
                self._cursors = {run.id: self._newest(run.id) for run in runs}
                return []
            return [entry for run in runs for entry in self._written(run)]

    def _runs(self) -> list[SyncRun]:
        """Return the runs that may have been written to: those under way, and the latest."""
        since = datetime.now(UTC) - LOOK_BACK
        found = self._found(SyncRunFilter(outcome=SyncOutcome.RUNNING))
        found |= self._found(SyncRunFilter(since=since))
        followed = [run_id for run_id in self._cursors or () if run_id not in found]
        found |= self.read.sync_runs.by_ids(self.caller, followed) if followed else {}
        self._forget(since, found)
        return [run for run_id, run in found.items() if self.wanted.run_id in {None, run_id}]

    def _found(self, wanted: SyncRunFilter) -> dict[UUID, SyncRun]:
        page = self.read.sync_runs.page(self.caller, wanted, Window(LARGEST_SIZE))
        return {run.id: run for run in page.items}

    def _forget(self, since: datetime, found: dict[UUID, SyncRun]) -> None:
        """Follow a run no more once it ended long ago and all of it has been seen."""
        cursors = self._cursors or {}
        for run_id in [one for one in cursors if one not in self._behind]:
            run = found.get(run_id)
            if run is None or (run.finished_at is not None and run.finished_at < since):
                del cursors[run_id]
                found.pop(run_id, None)

    def _newest(self, run_id: UUID) -> str | None:
        page = self.read.report.page(self.caller, self._of(run_id), Window(1))
        return page.cursor_at(0) if page.items else None

    def _written(self, run: SyncRun) -> list[ReportEntry]:
        cursors = self._cursors or {}
        window = Window(LARGEST_SIZE, backward=True, before=cursors.get(run.id))
        page = self.read.report.page(self.caller, self._of(run.id), window)
        cursors[run.id] = page.cursor_at(0) if page.items else cursors.get(run.id)
        self._behind.discard(run.id)
        if page.has_previous:
            self._behind.add(run.id)
        return list(reversed(page.items))

    def _of(self, run_id: UUID) -> SyncReportFilter:
        return replace(self.wanted, run_id=run_id)
