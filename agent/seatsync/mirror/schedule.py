"""The scheduled_job table: every statement about it, for the current session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.job import JobKind, JobStatus, ScheduledJob
from seatsync.mirror.codec import decode_instant
from seatsync.mirror.rows import RowReader, optional

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from seatsync.mirror.database import Mirror

OVERRUN = "OVERRUN"
"""Error code of a job that records a time which was left out, as the last run was not over."""

_LAST_STATUS = (
    "(SELECT job.status FROM job WHERE job.schedule_key = scheduled_job.key"
    " AND (job.error_code IS NULL OR job.error_code <> 'OVERRUN') ORDER BY job.id DESC LIMIT 1)"
)

SCHEDULE = RowReader(
    table="scheduled_job",
    columns=(
        "key",
        "kind",
        "provider_key",
        "enabled",
        "interval_minutes",
        "last_run_at",
        _LAST_STATUS,
        "next_run_at",
    ),
    decoders={
        1: JobKind,
        3: bool,
        5: optional(decode_instant),
        6: optional(JobStatus),
        7: optional(decode_instant),
    },
    make=ScheduledJob,
)


def all_scheduled(mirror: Mirror) -> list[ScheduledJob]:
    """Return the schedule of what is configured, by key."""
    return SCHEDULE.read(mirror, "WHERE is_configured ORDER BY key")


def find_scheduled(mirror: Mirror, key: str) -> ScheduledJob | None:
    """Return one scheduled job of what is configured."""
    found = SCHEDULE.read(mirror, "WHERE is_configured AND key = :key", {"key": key})
    return found[0] if found else None


def due_scheduled(mirror: Mirror, now: datetime) -> list[ScheduledJob]:
    """Return what should have run by now, the longest due first."""
    return SCHEDULE.read(
        mirror,
        "WHERE is_configured AND enabled AND next_run_at <= :now ORDER BY next_run_at, key",
        {"now": now},
    )


def advance(
    mirror: Mirror, row: ScheduledJob, *, next_run_at: datetime, last_run_at: datetime | None
) -> bool:
    """Move a due row on; False if another process, or a change of the row, came first."""
    return bool(
        mirror.execute(
            "UPDATE scheduled_job SET next_run_at = :next, last_run_at = :last"
            " WHERE key = :key AND next_run_at = :seen AND enabled AND is_configured",
            {"key": row.key, "seen": row.next_run_at, "next": next_run_at, "last": last_run_at},
        )
    )


def mark_run(mirror: Mirror, key: str, now: datetime) -> None:
    """Write down that a person let the scheduled job run now."""
    mirror.execute(
        "UPDATE scheduled_job SET last_run_at = :now WHERE key = :key", {"key": key, "now": now}
    )


def change_scheduled(
    mirror: Mirror,
    key: str,
    *,
    enabled: bool,
    interval_minutes: int,
    next_run_at: datetime | None,
) -> None:
    """Write a changed interval or switch."""
    mirror.execute(
        "UPDATE scheduled_job SET enabled = :enabled, interval_minutes = :interval,"
        " next_run_at = :next WHERE key = :key",
        {"key": key, "enabled": enabled, "interval": interval_minutes, "next": next_run_at},
    )


def insert_missing(mirror: Mirror, rows: Iterable[ScheduledJob]) -> None:
    """Insert rows whose key is new; leave the others as they are."""
    for row in rows:
        mirror.execute(
            "INSERT INTO scheduled_job (key, kind, provider_key, enabled, is_configured,"
            " interval_minutes, next_run_at)"
            " VALUES (:key, :kind, :provider_key, :enabled, :yes, :interval, :next)"
            " ON CONFLICT (key) DO NOTHING",
            {
                "key": row.key,
                "kind": row.kind,
                "provider_key": row.provider_key,
                "enabled": row.enabled,
                "yes": True,
                "interval": row.interval_minutes,
                "next": row.next_run_at,
            },
        )


def mark_configured(mirror: Mirror, keys: frozenset[str]) -> None:
    """Mark which rows belong to what is configured now."""
    for (key,) in mirror.rows("SELECT key FROM scheduled_job"):
        mirror.execute(
            "UPDATE scheduled_job SET is_configured = :is_configured WHERE key = :key",
            {"key": key, "is_configured": key in keys},
        )
