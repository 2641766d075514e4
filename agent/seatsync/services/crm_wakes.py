"""Being told by the CRM that something changed there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.job import JobKind
from seatsync.domain.roles import WEBHOOK

if TYPE_CHECKING:
    from seatsync.domain.job import Job
    from seatsync.jobs.queue import JobQueue


@dataclass(frozen=True, slots=True)
class CrmWakes:
    """What a CRM's webhook may do: have it read what changed, now rather than on schedule."""

    queue: JobQueue

    def wake(self) -> Job:
        """Queue a pull, or join the one that waits already."""
        return self.queue.submit(JobKind.CRM_PULL, arguments={}, requested_by=WEBHOOK.name)
