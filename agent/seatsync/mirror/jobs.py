"""The job table: every statement about it, for the current session.

A worker's statements name the worker: once a job has been given to another one, what the
first one still writes changes nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seatsync.domain.job import Job, JobKind, JobProgress, JobStatus
from seatsync.mirror.codec import decode_instant, decode_json, decode_uuid
from seatsync.mirror.rows import RowReader, optional

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from seatsync.mirror.database import Mirror

SUBMISSIONS_LOCK = 7217
"""PostgreSQL's transaction lock (7217, 1): one submit or claim at a time."""


_BEFORE_PROGRESS = ("id", "kind", "status", "attempts", "max_attempts")
_AFTER_PROGRESS = (
    "requested_by",
    "arguments",
    "created_at",
    "started_at",
    "finished_at",
    "error_code",
    "error_message",
)


def _job(*values: Any) -> Job:
    before = dict(zip(_BEFORE_PROGRESS, values[:5], strict=True))
    after = dict(zip(_AFTER_PROGRESS, values[8:], strict=True))
    return Job(**before, progress=JobProgress(*values[5:8]), **after)


JOBS = RowReader(
    table="job",
    columns=(
        *_BEFORE_PROGRESS,
        "progress_done",
        "progress_total",
        "progress_message",
        *_AFTER_PROGRESS,
    ),
    decoders={
        0: decode_uuid,
        1: JobKind,
        2: JobStatus,
        9: decode_json,
        10: decode_instant,
        11: optional(decode_instant),
        12: optional(decode_instant),
    },
    make=_job,
)


def serialise(mirror: Mirror) -> None:
    """Let one session at a time decide about the queue, until its transaction ends.

    On SQLite every writing session has the database to itself already.
    """
    if not mirror.is_sqlite:
        mirror.rows("SELECT pg_advisory_xact_lock(:room, 1)", {"room": SUBMISSIONS_LOCK})


def find_job(mirror: Mirror, job_id: UUID) -> Job | None:
    """Return one job."""
    return _first(JOBS.read(mirror, "WHERE id = :id", {"id": job_id}))


def find_by_idempotency_key(mirror: Mirror, key: str) -> tuple[Job, str | None] | None:
    """Return the job that was first asked for with this key, and the digest of its input."""
    job = _first(JOBS.read(mirror, "WHERE idempotency_key = :key", {"key": key}))
    if job is None:
        return None
    digests = mirror.rows("SELECT idempotency_digest FROM job WHERE id = :id", {"id": job.id})
    return job, digests[0][0]


def find_waiting_twin(mirror: Mirror, digest: str, idempotency_key: str | None) -> Job | None:
    """Return the oldest waiting job with the same input that a request may join.

    A request with an idempotency key joins only a job that can take the key.
    """
    return _first(
        JOBS.read(
            mirror,
            "WHERE idempotency_digest = :digest AND status IN ('WAITING', 'RETRY')"
            " AND (idempotency_key IS NULL OR :any) ORDER BY id LIMIT 1",
            {"digest": digest, "any": idempotency_key is None},
        )
    )


def adopt_keys(
    mirror: Mirror,
    job_id: UUID,
    *,
    idempotency_key: str | None = None,
    schedule_key: str | None = None,
) -> None:
    """Let a job answer for the keys of a request, where it has none of its own."""
    mirror.execute(
        "UPDATE job SET idempotency_key = COALESCE(idempotency_key, :idempotency_key),"
        " schedule_key = COALESCE(schedule_key, :schedule_key) WHERE id = :id",
        {"id": job_id, "idempotency_key": idempotency_key, "schedule_key": schedule_key},
    )


def insert_job(mirror: Mirror, job: Job, *, provider_key: str | None, digest: str) -> None:
    """Insert a new job, due at once."""
    mirror.execute(
        "INSERT INTO job (id, kind, status, arguments, provider_key, attempts, max_attempts,"
        " progress_done, requested_by, created_at, run_after, updated_at, finished_at,"
        " error_code, error_message, cancel_requested, idempotency_digest)"
        " VALUES (:id, :kind, :status, :arguments, :provider_key, :attempts, :max_attempts,"
        " 0, :requested_by, :now, :now, :now, :finished_at,"
        " :error_code, :error_message, :cancel_requested, :digest)",
        {
            "id": job.id,
            "kind": job.kind,
            "status": job.status,
            "arguments": json.dumps(job.arguments),
            "provider_key": provider_key,
            "attempts": job.attempts,
            "max_attempts": job.max_attempts,
            "requested_by": job.requested_by,
            "now": job.created_at,
            "finished_at": job.finished_at,
            "error_code": job.error_code,
            "error_message": job.error_message,
            "cancel_requested": False,
            "digest": digest,
        },
    )


def hurry_retry(mirror: Mirror, job_id: UUID, now: datetime) -> None:
    """Let a job that waits for its retry be due at once."""
    mirror.execute(
        "UPDATE job SET run_after = :now WHERE id = :id AND status = 'RETRY' AND run_after > :now",
        {"id": job_id, "now": now},
    )


_DUE = (
    "SELECT id FROM job WHERE status IN ('WAITING', 'RETRY') AND run_after <= :now"
    " AND NOT EXISTS (SELECT 1 FROM job AS other WHERE other.provider_key = job.provider_key"
    " AND other.status IN ('DISPATCHED', 'IN_PROGRESS'))"
)


def next_due(mirror: Mirror, now: datetime) -> UUID | None:
    """Return the job that has been due longest and whose provider has none at work.

    Kinds that a newer version has queued, and this one does not know, are left to that one.
    """
    marks, kinds = mirror.in_list("kind", JobKind)
    found = mirror.rows(
        f"{_DUE} AND kind IN ({marks}) ORDER BY run_after, id LIMIT 1", {"now": now, **kinds}
    )
    return decode_uuid(found[0][0]) if found else None


def is_due(mirror: Mirror, job_id: UUID, now: datetime) -> bool:
    """Tell whether this job may be claimed now."""
    return bool(mirror.rows(f"{_DUE} AND id = :id", {"now": now, "id": job_id}))


def claim_job(mirror: Mirror, job_id: UUID, worker: str, now: datetime) -> bool:
    """Give a waiting job to a worker, which counts as an attempt; False if it was gone."""
    return bool(
        mirror.execute(
            "UPDATE job SET status = 'DISPATCHED', worker = :worker, attempts = attempts + 1,"
            " updated_at = :now WHERE id = :id AND status IN ('WAITING', 'RETRY')",
            {"id": job_id, "worker": worker, "now": now},
        )
    )


def start_job(mirror: Mirror, job_id: UUID, worker: str, now: datetime) -> bool:
    """Begin a claimed job; False if it belongs to another worker by now."""
    return bool(
        mirror.execute(
            "UPDATE job SET status = 'IN_PROGRESS', started_at = :now, updated_at = :now,"
            " progress_done = 0, progress_total = NULL, progress_message = NULL"
            " WHERE id = :id AND worker = :worker AND status = 'DISPATCHED'",
            {"id": job_id, "worker": worker, "now": now},
        )
    )


def save_progress(
    mirror: Mirror, job_id: UUID, worker: str, progress: JobProgress, now: datetime
) -> bool:
    """Write how far a job has come; False if it belongs to another worker by now."""
    return bool(
        mirror.execute(
            "UPDATE job SET progress_done = :done, progress_total = :total,"
            " progress_message = :message, updated_at = :now"
            " WHERE id = :id AND worker = :worker AND status = 'IN_PROGRESS'",
            {
                "id": job_id,
                "worker": worker,
                "done": progress.done,
                "total": progress.total,
                "message": progress.message,
                "now": now,
            },
        )
    )


def finish_job(
    mirror: Mirror,
    job_id: UUID,
    worker: str,
    *,
    status: JobStatus,
    error_code: str | None,
    error_message: str | None,
    now: datetime,
) -> bool:
    """Give a job its final state; False if it belongs to another worker by now."""
    return bool(
        mirror.execute(
            "UPDATE job SET status = :status, error_code = :code, error_message = :message,"
            " finished_at = :now, updated_at = :now, worker = NULL, cancel_requested = :no"
            " WHERE id = :id AND worker = :worker AND status IN ('DISPATCHED', 'IN_PROGRESS')",
            {
                "id": job_id,
                "worker": worker,
                "status": status,
                "code": error_code,
                "message": error_message,
                "now": now,
                "no": False,
            },
        )
    )


def requeue_job(  # noqa: PLR0913 - the columns of a return
    mirror: Mirror,
    job_id: UUID,
    worker: str,
    *,
    status: JobStatus,
    error_code: str | None,
    error_message: str | None,
    attempts_back: int,
    run_after: datetime,
    now: datetime,
) -> bool:
    """Put a job back into the queue, or cancel it if that was asked for meanwhile.

    `status` is WAITING or RETRY. False if the job belongs to another worker by now.
    """
    return bool(
        mirror.execute(
            "UPDATE job SET status = CASE WHEN cancel_requested THEN 'CANCELLED' ELSE :status END,"
            " finished_at = CASE WHEN cancel_requested THEN :now END,"
            " error_code = CASE WHEN cancel_requested THEN NULL ELSE :code END,"
            " error_message = CASE WHEN cancel_requested THEN NULL ELSE :message END,"
            " attempts = attempts - :attempts_back, run_after = :run_after, updated_at = :now,"
            " worker = NULL, cancel_requested = :no"
            " WHERE id = :id AND worker = :worker AND status IN ('DISPATCHED', 'IN_PROGRESS')",
            {
                "id": job_id,
                "worker": worker,
                "status": status,
                "code": error_code,
                "message": error_message,
                "attempts_back": attempts_back,
                "run_after": run_after,
                "now": now,
                "no": False,
            },
        )
    )


def cancel_job(mirror: Mirror, job_id: UUID, now: datetime) -> bool:
    """Cancel a waiting job at once, or ask the worker of a running one; False if it is final."""
    return bool(
        mirror.execute(
            "UPDATE job SET"
            " finished_at = CASE WHEN worker IS NULL THEN :now ELSE finished_at END,"
            " cancel_requested = (worker IS NOT NULL),"
            " status = CASE WHEN worker IS NULL THEN 'CANCELLED' ELSE status END,"
            " updated_at = :now WHERE id = :id"
            " AND status IN ('WAITING', 'RETRY', 'DISPATCHED', 'IN_PROGRESS')",
            {"id": job_id, "now": now},
        )
    )


def reset_job(mirror: Mirror, job_id: UUID, now: datetime) -> bool:
    """Queue a failed or cancelled job anew, with all its attempts; False if it is neither."""
    return bool(
        mirror.execute(
            "UPDATE job SET status = 'WAITING', attempts = 0, run_after = :now, updated_at = :now,"
            " started_at = NULL, finished_at = NULL, error_code = NULL, error_message = NULL,"
            " progress_done = 0, progress_total = NULL, progress_message = NULL"
            " WHERE id = :id AND status IN ('FAILED', 'CANCELLED')",
            {"id": job_id, "now": now},
        )
    )


def is_cancel_requested(mirror: Mirror, job_id: UUID) -> bool:
    """Tell whether somebody asked the job's worker to stop."""
    found = mirror.rows("SELECT cancel_requested FROM job WHERE id = :id", {"id": job_id})
    return bool(found and found[0][0])


def cancel_requests(mirror: Mirror, worker: str) -> list[UUID]:
    """Return the jobs of a worker that somebody asked to stop."""
    found = mirror.rows(
        "SELECT id FROM job WHERE worker = :worker AND cancel_requested"
        " AND status IN ('DISPATCHED', 'IN_PROGRESS')",
        {"worker": worker},
    )
    return [decode_uuid(row[0]) for row in found]


def claimed_jobs(mirror: Mirror, worker: str) -> list[Job]:
    """Return the jobs that a worker has claimed and not ended."""
    return JOBS.read(
        mirror,
        "WHERE worker = :worker AND status IN ('DISPATCHED', 'IN_PROGRESS') ORDER BY id",
        {"worker": worker},
    )


def workers_with_jobs(mirror: Mirror) -> list[str]:
    """Return the workers that have claimed jobs, alive or not."""
    found = mirror.rows(
        "SELECT DISTINCT worker FROM job WHERE status IN ('DISPATCHED', 'IN_PROGRESS')"
    )
    return [row[0] for row in found]


def unfinished_of_schedule(mirror: Mirror, schedule_key: str) -> Job | None:
    """Return the job of this schedule that has not ended."""
    return _first(
        JOBS.read(
            mirror,
            "WHERE schedule_key = :key"
            " AND status IN ('WAITING', 'RETRY', 'DISPATCHED', 'IN_PROGRESS')"
            " ORDER BY id LIMIT 1",
            {"key": schedule_key},
        )
    )


def last_of_kind(mirror: Mirror, kind: JobKind) -> Job | None:
    """Return the job of this kind that was asked for last."""
    return _first(JOBS.read(mirror, "WHERE kind = :kind ORDER BY id DESC LIMIT 1", {"kind": kind}))


def delete_finished(mirror: Mirror, before: datetime) -> int:
    """Delete the jobs that ended before an instant; return how many."""
    return mirror.execute(
        "DELETE FROM job WHERE finished_at < :before"
        " AND status IN ('SUCCEEDED', 'FAILED', 'NOT_APPLICABLE', 'CANCELLED')",
        {"before": before},
    )


def _first(jobs: Sequence[Job]) -> Job | None:
    return jobs[0] if jobs else None
