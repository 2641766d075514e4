"""Who changed a setting, a default flag, a mapping or an assignment, and when."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from seatsync.domain.change import FieldChange, camel_case, spell
from seatsync.domain.ids import new_id

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
        audited_change(one.name, before, after)
        for one in fields(new)
        if (after := getattr(new, one.name)) != (before := getattr(old, one.name, None))
    )


def audited_change(name: str, old: object, new: object) -> FieldChange:
    """Return the change of one field, by the name that it has here."""
    return FieldChange(camel_case(name.removesuffix("_id")), spell(old), spell(new))


@dataclass(slots=True)
class Notes:
    """What one use case changes, as it will stand in the audit log; `at` is its instant."""

    actor: str
    action: str
    at: datetime
    entries: list[AuditEntry] = field(default_factory=list)

    def record(self, target_id: UUID, old: Any, new: Any) -> None:
        """Note what differs between two states of a record; `old` is None for a new one."""
        self.note(audited_changes(old, new), target_id=target_id)

    def note(
        self,
        changes: tuple[FieldChange, ...],
        *,
        target_id: UUID | None = None,
        target_key: str | None = None,
    ) -> None:
        """Note field changes of one target; nothing when there are none."""
        if changes:
            self.entries.append(
                AuditEntry(
                    id=new_id(),
                    actor=self.actor,
                    action=self.action,
                    target_id=target_id,
                    target_key=target_key,
                    field_changes=changes,
                    occurred_at=self.at,
                )
            )
