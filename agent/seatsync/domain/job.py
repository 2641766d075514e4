"""Background tasks, on demand and repeating."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class JobKind(StrEnum):
    """What a job does."""

    SYNC_SUBSCRIPTIONS = "SYNC_SUBSCRIPTIONS"
    SYNC_PROVIDER = "SYNC_PROVIDER"
    SYNC_PROVIDER_ACCOUNTS = "SYNC_PROVIDER_ACCOUNTS"
    VERIFY_CONNECTIVITY = "VERIFY_CONNECTIVITY"
    CRM_PULL = "CRM_PULL"
    CRM_PUSH = "CRM_PUSH"
    PRUNE_REPORT = "PRUNE_REPORT"


class JobStatus(StrEnum):
    """Where a job stands."""

    WAITING = "WAITING"
    DISPATCHED = "DISPATCHED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    RETRY = "RETRY"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Tell whether the job will not run again by itself."""
        return self in _FINAL


_FINAL = frozenset(
    {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.NOT_APPLICABLE, JobStatus.CANCELLED}
)


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job has come; `total` is None while unknown."""

    done: int = 0
    total: int | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One background task on demand; `arguments` are the JSON values that it was asked with."""

    id: UUID
    kind: JobKind
    status: JobStatus
    attempts: int
    max_attempts: int
    progress: JobProgress
    requested_by: str
    arguments: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error_code: str | None
    error_message: str | None


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job that repeats at a fixed interval, counted in UTC."""

    key: str
    kind: JobKind
    provider_key: str | None
    enabled: bool
    interval_minutes: int
    last_run_at: datetime | None
    last_status: JobStatus | None
    next_run_at: datetime | None
