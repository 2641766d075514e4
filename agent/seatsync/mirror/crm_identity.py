"""Which CRM the mirror has been exchanging records with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.mirror.codec import decode_json
from seatsync.mirror.crm_rows import read_again

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.mirror.database import Mirror

_NAME = "crmIdentity"
_EXCHANGED = ("crm_row", "crm_reading", "crm_outbox", "crm_link", "change_request")

_KEEP = """
    INSERT INTO setting (name, value, updated_at) VALUES (:name, :value, :now)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
"""


def settle_identity(mirror: Mirror, identity: str | None, now: datetime) -> bool:
    """Note which CRM it is from now on; None for the mirror itself. Return whether it is another.

    What was known of another CRM's records says nothing about this one: it is forgotten, and the
    first read begins anew. While the mirror was the CRM by itself nothing was noted for the other
    one, so that is read whole when it comes back.
    """
    if identity is None:
        read_again(mirror, CrmNoun)
        return False
    before = _identity(mirror)
    if before == identity:
        return False
    mirror.execute(_KEEP, {"name": _NAME, "value": json.dumps(identity), "now": now})
    if before is None:
        return False
    for table in _EXCHANGED:
        mirror.execute(f"DELETE FROM {table}")  # noqa: S608
    return True


def _identity(mirror: Mirror) -> str | None:
    rows = mirror.rows("SELECT value FROM setting WHERE name = :name", {"name": _NAME})
    return str(decode_json(rows[0][0])) if rows else None
