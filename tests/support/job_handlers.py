"""Handlers that tests steer, and asking for the jobs that they do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from job_support import eventually
from seatsync.domain.job import Job, JobKind
from seatsync.jobs.outcome import Backoff
from seatsync.jobs.runner import Pace

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.progress import ProgressSink
    from seatsync.jobs.queue import JobQueue
    from seatsync.sdk.context import Control

PACE = Pace(
    poll_s=0.05,
    follow_s=0.02,
    recover_s=0.1,
    calm_s=0.05,
    backoff=Backoff(first_s=0.02, cap_s=0.05),
)


def ask_sync(queue: JobQueue, provider: str | None = "pax8", **options: Any) -> Job:
    """Ask for a sync of `provider`."""
    return queue.submit(
        JobKind.SYNC_PROVIDER,
        arguments={"provider_key": provider},
        requested_by="ada",
        provider_key=provider,
        **options,
    )


def ended(queue: JobQueue, job_id: UUID) -> Job:
    """Wait for the end of a job, and return it."""
    eventually(lambda: queue.get(job_id).status.is_final)
    return queue.get(job_id)


def nothing(_job: Job, _control: Control, _progress: ProgressSink) -> None:
    """Succeed."""


class Gate:
    """A handler that waits until it is let go, or told to stop."""

    def __init__(self) -> None:
        """Start closed, with no job inside."""
        self.entered = threading.Event()
        self.opened = threading.Event()
        self.runs: list[UUID] = []

    def __call__(self, job: Job, control: Control, progress: ProgressSink) -> None:
        """Wait."""
        self.runs.append(job.id)
        self.entered.set()
        while not self.opened.is_set():
            control.sleep(0.01)


class Failing:
    """A handler that fails a number of times, or always."""

    def __init__(self, fault: Exception, times: int = 1000) -> None:
        """Raise `fault` that many times, then succeed."""
        self.fault = fault
        self.left = times

    def __call__(self, job: Job, control: Control, progress: ProgressSink) -> None:
        """Fail, or succeed."""
        if self.left:
            self.left -= 1
            raise self.fault
