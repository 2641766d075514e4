"""Forgetting what the report has kept for long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.mirror.codec import decode_uuid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from seatsync.mirror.database import Mirror


def runs_before(mirror: Mirror, instant: datetime) -> Sequence[UUID]:
    """Return the sync runs that ended before an instant, oldest first."""
    rows = mirror.rows(
        "SELECT id FROM sync_run WHERE finished_at < :instant ORDER BY id", {"instant": instant}
    )
    return [decode_uuid(run_id) for (run_id,) in rows]


def delete_run(mirror: Mirror, run_id: UUID) -> None:
    """Delete a sync run with its entries and failures; License Changes stay."""
    for statement in (
        "DELETE FROM report_entry WHERE run_id = :id",
        "DELETE FROM run_failure WHERE run_id = :id",
        "DELETE FROM sync_run WHERE id = :id",
    ):
        mirror.execute(statement, {"id": run_id})
