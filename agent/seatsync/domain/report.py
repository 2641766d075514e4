"""Sync runs, and the report of what they did to each subscription."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.change import FieldChange
    from seatsync.domain.subscription import UnassignedReason


class SyncTrigger(StrEnum):
    """What set a run going."""

    MANUAL = "MANUAL"
    AUTOMATIC = "AUTOMATIC"
    WEBHOOK = "WEBHOOK"


class SyncOutcome(StrEnum):
    """How a run ended; PARTIAL means that something failed and everything else was applied."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class SyncChange(StrEnum):
    """What a run did to one subscription."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    ASSIGNED = "ASSIGNED"
    MISSING = "MISSING"
    REAPPEARED = "REAPPEARED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class SyncCounts:
    """How many subscriptions a run fetched, and what became of them."""

    fetched: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    unassigned: int = 0
    missing: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class SyncFailure:
    """Something that a run could not read; `remedy` says what to do about it."""

    provider_key: str
    code: str
    message: str
    remedy: str | None = None
    provider_account_id: UUID | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One execution of a sync; `provider_key` is None when it read several providers."""

    id: UUID
    trigger: SyncTrigger
    provider_key: str | None
    billing_contract_id: UUID | None
    job_id: UUID | None
    requested_by: str
    started_at: datetime
    finished_at: datetime | None
    outcome: SyncOutcome
    counts: SyncCounts


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """What a run did to one subscription, field by field."""

    id: UUID
    run_id: UUID
    provider_key: str
    change: SyncChange
    subscription_id: UUID | None
    external_id: str
    subscription_name: str
    provider_account_id: UUID | None
    billing_contract_id: UUID | None
    field_changes: tuple[FieldChange, ...]
    unassigned_reason: UnassignedReason | None
    message: str | None
    occurred_at: datetime
