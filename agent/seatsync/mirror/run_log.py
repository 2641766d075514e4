"""Sync runs as rows: begun, resumed, counted, and ended."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from seatsync.domain.ids import new_id
from seatsync.domain.report import SyncChange, SyncCounts, SyncOutcome, SyncRun, SyncTrigger
from seatsync.domain.text import storable
from seatsync.mirror.codec import decode_instant, decode_uuid
from seatsync.mirror.rows import RowReader, optional
from seatsync.mirror.subscription_writes import ENTRY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.plan import KnownSubscription
    from seatsync.domain.report import SyncFailure
    from seatsync.errors import RecordError
    from seatsync.mirror.database import Mirror

COUNTS = tuple(field.name for field in fields(SyncCounts))

INTERRUPTED = "RUN_INTERRUPTED"
"""Failure code of a run whose process died; the next run of the provider completed its work."""


def _run(*values: Any) -> SyncRun:
    arguments = [*values[:9], SyncCounts(*values[9:])]
    return SyncRun(*arguments)


RUNS = RowReader(
    table="sync_run",
    columns=(
        "id",
        "trigger_kind",
        "provider_key",
        "billing_contract_id",
        "job_id",
        "requested_by",
        "started_at",
        "finished_at",
        "outcome",
        *COUNTS,
    ),
    decoders={
        0: decode_uuid,
        1: SyncTrigger,
        3: optional(decode_uuid),
        4: optional(decode_uuid),
        6: decode_instant,
        7: optional(decode_instant),
        8: SyncOutcome,
    },
    make=_run,
)


def load_run(mirror: Mirror, run_id: UUID) -> SyncRun | None:
    """Return one run, in the current session."""
    return next(iter(RUNS.read(mirror, "WHERE id = :id", {"id": run_id})), None)


def run_of_job(mirror: Mirror, job_id: UUID) -> SyncRun | None:
    """Return the run that a job made, in the current session."""
    return next(iter(RUNS.read(mirror, "WHERE job_id = :job_id", {"job_id": job_id})), None)


def begin_run(
    mirror: Mirror,
    *,
    trigger: SyncTrigger,
    provider_key: str | None,
    billing_contract_id: UUID | None,
    job_id: UUID | None,
    requested_by: str,
    now: datetime,
) -> UUID:
    """Begin a run, or resume the one of the same job, and commit.

    A resumed run keeps what it did; what it could not read is found out again.
    """
    with mirror.writing():
        before = run_of_job(mirror, job_id) if job_id else None
        if before:
            _resume(mirror, before.id)
            return before.id
        run_id = new_id()
        mirror.execute(
            "INSERT INTO sync_run (id, trigger_kind, provider_key, billing_contract_id, job_id,"
            " requested_by, started_at, outcome, fetched, created, updated, unchanged, unassigned,"
            " missing, failed) VALUES (:id, :trigger, :provider_key, :contract, :job_id, :by, :now,"
            " 'RUNNING', 0, 0, 0, 0, 0, 0, 0)",
            {
                "id": run_id,
                "trigger": trigger,
                "provider_key": provider_key,
                "contract": billing_contract_id,
                "job_id": job_id,
                "by": requested_by,
                "now": now,
            },
        )
        return run_id


def _resume(mirror: Mirror, run_id: UUID) -> None:
    mirror.execute("DELETE FROM run_failure WHERE run_id = :id", {"id": run_id})
    mirror.execute(
        "DELETE FROM report_entry WHERE run_id = :id AND change_kind = 'FAILED'", {"id": run_id}
    )
    mirror.execute(
        "UPDATE sync_run SET outcome = 'RUNNING', finished_at = NULL, fetched = 0, unchanged = 0,"
        " failed = 0 WHERE id = :id",
        {"id": run_id},
    )


def close_interrupted_runs(
    mirror: Mirror, *, keep: UUID, column: str, value: str | UUID, now: datetime
) -> None:
    """End the runs whose process died, all but `keep`, where `column` has `value`.

    Only for who holds the lock that a living run of that provider or contract would hold.
    """
    with mirror.writing():
        dead = mirror.rows(
            "SELECT id, COALESCE(provider_key, '') FROM sync_run"  # noqa: S608
            f" WHERE outcome = 'RUNNING' AND id <> :keep AND {column} = :value",
            {"keep": keep, "value": value},
        )
        for run_id, provider_key in dead:
            _interrupt(mirror, decode_uuid(run_id), provider_key, now)


def _interrupt(mirror: Mirror, run_id: UUID, provider_key: str, now: datetime) -> None:
    mirror.execute(
        "INSERT INTO run_failure (id, run_id, provider_key, code, message, remedy)"
        " VALUES (:id, :run_id, :key, :code, :message, :remedy)",
        {
            "id": new_id(),
            "run_id": run_id,
            "key": provider_key,
            "code": INTERRUPTED,
            "message": "The agent's process ended in the middle of this run.",
            "remedy": "Nothing to do: the next run of this provider completes the work.",
        },
    )
    end_run(mirror, run_id, SyncOutcome.FAILED, now)


def add_counts(mirror: Mirror, run_id: UUID, **counts: int) -> None:
    """Add to a run's counts, in the session that writes what is counted."""
    given = {name: count for name, count in counts.items() if count}
    if given:
        assignments = ", ".join(f"{name} = {name} + :{name}" for name in given)
        mirror.execute(
            f"UPDATE sync_run SET {assignments} WHERE id = :id",  # noqa: S608
            {"id": run_id, **given},
        )


def add_failures(mirror: Mirror, run_id: UUID, failures: Iterable[SyncFailure]) -> None:
    """Write down what a run could not read, in the current session."""
    uuid = mirror.codec.uuid
    mirror.insert(
        "run_failure",
        (
            "id",
            "run_id",
            "provider_key",
            "provider_account_id",
            "external_id",
            "code",
            "message",
            "remedy",
        ),
        [
            (
                uuid(new_id()),
                uuid(run_id),
                failure.provider_key,
                uuid(failure.provider_account_id),
                failure.external_id and storable(failure.external_id),
                failure.code,
                storable(failure.message),
                failure.remedy,
            )
            for failure in failures
        ],
    )


def add_missing_failures(mirror: Mirror, run_id: UUID, failures: Iterable[SyncFailure]) -> None:
    """Write down what ended a run, unless the run has said so already."""
    said = {
        message
        for (message,) in mirror.rows(
            "SELECT message FROM run_failure WHERE run_id = :id", {"id": run_id}
        )
    }
    add_failures(mirror, run_id, [one for one in failures if storable(one.message) not in said])


def add_unreadable(
    mirror: Mirror,
    run_id: UUID,
    provider_key: str,
    unreadable: Iterable[tuple[RecordError, KnownSubscription | None]],
    now: datetime,
) -> None:
    """Enter records that could not be read into the report, in the current session."""
    mirror.insert(
        "report_entry",
        ENTRY_COLUMNS,
        [
            _unreadable_entry(mirror, run_id, provider_key, error, known, now)
            for error, known in unreadable
        ],
    )


def _unreadable_entry(
    mirror: Mirror,
    run_id: UUID,
    provider_key: str,
    error: RecordError,
    known: KnownSubscription | None,
    now: datetime,
) -> tuple[Any, ...]:
    uuid = mirror.codec.uuid
    name = error.name or (known.record.name if known else None) or error.external_id or ""
    return (
        uuid(new_id()),
        uuid(run_id),
        provider_key,
        SyncChange.FAILED.value,
        uuid(known.id if known else None),
        storable(error.external_id or ""),
        storable(name),
        uuid(known.provider_account_id if known else None),
        uuid(known.account_id if known else None),
        uuid(known.contract_id if known else None),
        "[]",
        None,
        storable(error.message),
        mirror.codec.instant(now),
    )


def end_run(mirror: Mirror, run_id: UUID, outcome: SyncOutcome, now: datetime) -> None:
    """Give a run its outcome, in the current session."""
    mirror.execute(
        "UPDATE sync_run SET outcome = :outcome, finished_at = :now WHERE id = :id",
        {"outcome": outcome, "now": now, "id": run_id},
    )
