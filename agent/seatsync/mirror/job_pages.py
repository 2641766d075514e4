"""Jobs, read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.filters import JobFilter
from seatsync.mirror.jobs import JOBS as _READER
from seatsync.mirror.keyset import Listing, newest_first

if TYPE_CHECKING:
    from seatsync.domain.job import Job
    from seatsync.mirror.conditions import Conditions


def _narrow(conditions: Conditions, wanted: JobFilter) -> None:
    conditions.equal("kind", wanted.kind)
    conditions.equal("status", wanted.status)
    conditions.period("created_at", wanted.since, None)


JOB_PAGES: Listing[Job, JobFilter] = Listing(_READER, newest_first("job"), _narrow, JobFilter())
"""All jobs, the newest first."""
