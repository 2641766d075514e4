"""The audit log, read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.audit import AuditEntry
from seatsync.domain.filters import AuditFilter
from seatsync.mirror.codec import decode_changes, decode_instant, decode_uuid
from seatsync.mirror.keyset import Listing, newest_first
from seatsync.mirror.rows import RowReader, optional

if TYPE_CHECKING:
    from seatsync.mirror.conditions import Conditions


def _narrow(conditions: Conditions, wanted: AuditFilter) -> None:
    conditions.equal("x.actor", wanted.actor)
    conditions.equal("x.action", wanted.action)
    conditions.equal("x.target_id", wanted.target_id)
    conditions.period("x.occurred_at", wanted.since, wanted.until)


AUDIT_LOG: Listing[AuditEntry, AuditFilter] = Listing(
    RowReader(
        "audit_entry x",
        (
            "x.id",
            "x.actor",
            "x.action",
            "x.target_id",
            "x.target_key",
            "x.field_changes",
            "x.occurred_at",
        ),
        {0: decode_uuid, 3: optional(decode_uuid), 5: decode_changes, 6: decode_instant},
        AuditEntry,
    ),
    newest_first("x"),
    _narrow,
    AuditFilter(),
)
"""All audit entries, the newest first."""
