"""Whether anything waits to be told to the CRM, in one cheap statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.mirror.database import Mirror

_WAITING = """
    SELECT EXISTS (SELECT 1 FROM crm_outbox WHERE next_attempt_at <= :now)
        OR EXISTS (
            SELECT 1 FROM change_request r LEFT JOIN job j ON j.id = r.job_id
            WHERE r.state = 'IN_PROGRESS'
                AND (j.id IS NULL
                    OR j.status IN ('SUCCEEDED', 'FAILED', 'NOT_APPLICABLE', 'CANCELLED'))
        )
"""


def is_anything_waiting(mirror: Mirror, now: datetime) -> bool:
    """Tell whether an item of the outbox is due, or a change request can be answered."""
    return bool(mirror.rows(_WAITING, {"now": now})[0][0])
