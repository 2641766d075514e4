"""Writing the audit log: who changed what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.mirror.codec import encode_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync.domain.audit import AuditEntry
    from seatsync.mirror.database import Mirror

_COLUMNS = (
    "id",
    "actor",
    "action",
    "target_id",
    "target_key",
    "field_changes",
    "occurred_at",
)


def write_audit(mirror: Mirror, entries: Iterable[AuditEntry]) -> None:
    """Add entries to the log, in the current session."""
    encode = mirror.codec.encode
    rows = [
        (
            encode(entry.id),
            entry.actor,
            entry.action,
            encode(entry.target_id),
            entry.target_key,
            encode_changes(entry.field_changes),
            encode(entry.occurred_at),
        )
        for entry in entries
    ]
    mirror.insert("audit_entry", _COLUMNS, rows)
