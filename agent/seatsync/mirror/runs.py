"""Sync runs, read page by page, and what they could not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.filters import SyncRunFilter
from seatsync.domain.report import SyncFailure
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.conditions import Conditions
from seatsync.mirror.keyset import Listing, newest_first
from seatsync.mirror.rows import RowReader, optional
from seatsync.mirror.run_log import RUNS as _READER

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from seatsync.domain.report import SyncRun
    from seatsync.mirror.database import Mirror


def _narrow(conditions: Conditions, wanted: SyncRunFilter) -> None:
    conditions.equal("provider_key", wanted.provider_key)
    conditions.equal("billing_contract_id", wanted.billing_contract_id)
    conditions.equal("trigger_kind", wanted.trigger)
    conditions.equal("outcome", wanted.outcome)
    conditions.period("started_at", wanted.since, wanted.until)


SYNC_RUNS: Listing[SyncRun, SyncRunFilter] = Listing(
    _READER,
    newest_first("sync_run"),
    _narrow,
    SyncRunFilter(),
    parents={"provider": "provider_key", "contract": "billing_contract_id", "job": "job_id"},
)
"""All sync runs, the newest first."""


def _failure(run_id: UUID, *values: Any) -> tuple[UUID, SyncFailure]:
    return run_id, SyncFailure(*values)


_FAILURES = RowReader(
    "run_failure",
    ("run_id", "provider_key", "code", "message", "remedy", "provider_account_id", "external_id"),
    {0: decode_uuid, 5: optional(decode_uuid)},
    _failure,
)


def failures_of(mirror: Mirror, run_ids: Collection[UUID]) -> dict[UUID, list[SyncFailure]]:
    """Return what each run could not read, in the order it was found out."""
    conditions = Conditions(mirror).among("run_id", run_ids)
    found: dict[UUID, list[SyncFailure]] = {run_id: [] for run_id in run_ids}
    for run_id, failure in _FAILURES.read(
        mirror, f"{conditions.where} ORDER BY id", conditions.params
    ):
        found[run_id].append(failure)
    return found
