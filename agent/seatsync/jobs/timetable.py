"""When scheduled jobs run: the defaults of a new installation, and the next time of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from seatsync.domain.job import JobKind, ScheduledJob

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

SYNC_MINUTES = 60
VERIFY_MINUTES = 6 * 60
DAILY_MINUTES = 24 * 60
PRUNE = "prune"
CRM_PULL = "crm-pull"


@dataclass(frozen=True, slots=True)
class ProviderSchedule:
    """What the configuration says about the schedule of one provider."""

    provider_key: str
    auto_sync: bool = True
    interval_minutes: int = SYNC_MINUTES


def default_schedule(
    providers: Iterable[ProviderSchedule], now: datetime, crm_minutes: int | None = None
) -> list[ScheduledJob]:
    """Return the scheduled jobs of a new installation; the first syncs are due at once.

    A CRM is read every `crm_minutes`; None means that the mirror itself is the CRM.
    """
    rows = [row for provider in providers for row in _of_provider(provider, now)]
    if crm_minutes is not None:
        rows.append(_row(CRM_PULL, JobKind.CRM_PULL, None, crm_minutes, now))
    return [*rows, _row(PRUNE, JobKind.PRUNE_REPORT, None, DAILY_MINUTES, _later(now))]


def _of_provider(provider: ProviderSchedule, now: datetime) -> list[ScheduledJob]:
    key = provider.provider_key
    sync_at = now if provider.auto_sync else None
    return [
        _row(f"sync:{key}", JobKind.SYNC_PROVIDER, key, provider.interval_minutes, sync_at),
        _row(f"verify:{key}", JobKind.VERIFY_CONNECTIVITY, key, VERIFY_MINUTES, now),
        _row(f"accounts:{key}", JobKind.SYNC_PROVIDER_ACCOUNTS, key, DAILY_MINUTES, _later(now)),
    ]


def _row(
    key: str, kind: JobKind, provider_key: str | None, minutes: int, next_run_at: datetime | None
) -> ScheduledJob:
    return ScheduledJob(
        key=key,
        kind=kind,
        provider_key=provider_key,
        enabled=next_run_at is not None,
        interval_minutes=minutes,
        last_run_at=None,
        last_status=None,
        next_run_at=next_run_at,
    )


def _later(now: datetime) -> datetime:
    return now + timedelta(minutes=DAILY_MINUTES)


def next_run(interval_minutes: int, now: datetime) -> datetime:
    """Return when a job runs again that is due now; missed times are not made up for."""
    return now + timedelta(minutes=interval_minutes)


def changed_next_run(
    last_run_at: datetime | None, *, enabled: bool, interval_minutes: int, now: datetime
) -> datetime | None:
    """Return the next run after a change: one interval after the last, or now if that is past."""
    if not enabled:
        return None
    return max(now, (last_run_at or now) + timedelta(minutes=interval_minutes))
