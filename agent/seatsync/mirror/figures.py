"""The numbers of whoever watches the agent, counted in the mirror."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.figures import Figures, RunFigures
from seatsync.domain.provider import HealthState
from seatsync.mirror.codec import decode_instant
from seatsync.mirror.crm_link import read_links
from seatsync.mirror.providers import configured_providers

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.mirror.database import Mirror

COUNTED = ("created", "updated", "unchanged", "unassigned", "missing", "failed")
"""What a run did to subscriptions, by the columns of its counts."""


def count_figures(mirror: Mirror, now: datetime) -> Figures:
    """Count everything, in the current session."""
    providers = configured_providers(mirror)
    return Figures(
        runs=_runs(mirror),
        changes=_changes(mirror),
        failures=_pairs(
            mirror, "SELECT provider_key, code, COUNT(*) FROM run_failure GROUP BY 1, 2"
        ),
        subscriptions=_pairs(
            mirror, "SELECT provider_key, status, COUNT(*) FROM subscription GROUP BY 1, 2"
        ),
        unassigned=_unassigned(mirror),
        jobs=_pairs(mirror, "SELECT kind, status, COUNT(*) FROM job GROUP BY 1, 2"),
        failed_jobs=_pairs(
            mirror,
            "SELECT kind, COALESCE(error_code, ''), COUNT(*) FROM job"
            " WHERE status = 'FAILED' GROUP BY 1, 2",
        ),
        queue_age_s=_queue_age(mirror, now),
        last_success=_last_success(mirror),
        healthy={one.key: one.health.state is not HealthState.FAILED for one in providers},
        consent_ends={
            (one.key, consent.kind.value): consent.expires_at
            for one in providers
            for consent in one.health.consents
            if consent.expires_at is not None
        },
        outbox=_pairs(
            mirror,
            "SELECT noun, CASE WHEN parked THEN 'PARKED' ELSE 'WAITING' END, COUNT(*)"
            " FROM crm_outbox GROUP BY 1, 2",
        ),
        crm_late_s={
            link.direction: (now - link.late_since).total_seconds() if link.late_since else 0.0
            for link in read_links(mirror)
        },
    )


def _runs(mirror: Mirror) -> tuple[RunFigures, ...]:
    rows = mirror.rows(
        "SELECT COALESCE(provider_key, ''), trigger_kind, outcome, COUNT(*) FROM sync_run"
        " GROUP BY 1, 2, 3"
    )
    return tuple(RunFigures(key, trigger, outcome, int(n)) for key, trigger, outcome, n in rows)


def _changes(mirror: Mirror) -> dict[tuple[str, str], int]:
    # The sums of the runs' own counts: the entries of the report may be a thousand times as many.
    sums = ", ".join(f"SUM({column})" for column in COUNTED)
    rows = mirror.rows(
        f"SELECT COALESCE(provider_key, ''), {sums} FROM sync_run GROUP BY 1"  # noqa: S608
    )
    return {
        (key, column): int(count)
        for key, *counts in rows
        for column, count in zip(COUNTED, counts, strict=True)
    }


def _pairs(mirror: Mirror, sql: str) -> dict[tuple[str, str], int]:
    return {(first, second): int(count) for first, second, count in mirror.rows(sql)}


def _unassigned(mirror: Mirror) -> dict[str, int]:
    rows = mirror.rows(
        "SELECT COALESCE(unassigned_reason, ''), COUNT(*) FROM subscription"
        " WHERE billing_contract_id IS NULL GROUP BY 1"
    )
    return {reason: int(count) for reason, count in rows}


def _queue_age(mirror: Mirror, now: datetime) -> float:
    rows: list[Any] = mirror.rows(
        "SELECT MIN(run_after) FROM job WHERE status IN ('WAITING', 'RETRY')"
    )
    due = rows[0][0]
    return 0.0 if due is None else max(0.0, (now - decode_instant(due)).total_seconds())


def _last_success(mirror: Mirror) -> dict[str, datetime]:
    rows = mirror.rows(
        "SELECT provider_key, MAX(finished_at) FROM sync_run"
        " WHERE outcome = 'SUCCEEDED' AND provider_key IS NOT NULL GROUP BY 1"
    )
    return {key: decode_instant(finished_at) for key, finished_at in rows}
