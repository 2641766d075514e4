"""Who changed a setting, a default flag, a mapping or an assignment, and when."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from seatsync.domain.change import FieldChange, camel_case, spell

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change by a person or by the schedule.

    What has no id of its own, such as a scheduled job, is named by `target_key`.
    """

    id: UUID
    actor: str
    action: str
    target_id: UUID | None
    target_key: str | None
    field_changes: tuple[FieldChange, ...]
    occurred_at: datetime


def audited_changes(old: Any, new: Any) -> tuple[FieldChange, ...]:
    """Return what differs between two records of one type; `old` is None for a new record.

    Fields are named as in the contract: `account_id` is `account` there.
    """
    return tuple(
        FieldChange(_contract_name(field.name), spell(before), spell(after))
        for field in fields(new)
        if (after := getattr(new, field.name)) != (before := getattr(old, field.name, None))
    )


def _contract_name(field: str) -> str:
    return camel_case(field.removesuffix("_id"))
