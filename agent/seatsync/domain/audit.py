"""Who changed a setting, a default flag, a mapping or an assignment, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.change import FieldChange


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change by a person or by the schedule."""

    id: UUID
    actor: str
    action: str
    target_id: UUID | None
    field_changes: tuple[FieldChange, ...]
    occurred_at: datetime
