"""The frame of every change: permission, one transaction, and the audit log along with it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatsync.domain.audit import AuditEntry, audited_changes
from seatsync.domain.ids import new_id
from seatsync.mirror.audit import write_audit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.change import FieldChange
    from seatsync.domain.roles import Caller, Permission
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock


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


@dataclass(frozen=True, slots=True)
class Journal:
    """Opens the one transaction in which a use case changes something."""

    mirror: Mirror
    clock: Clock

    @contextmanager
    def changing(self, caller: Caller, permission: Permission, action: str) -> Iterator[Notes]:
        """Open a writing session for a caller who may; what is noted commits along with it.

        Raises `Forbidden`. If the body raises, nothing is changed and nothing is noted.
        """
        caller.require(permission)
        with self.mirror.writing():
            notes = Notes(caller.name, action, self.clock.now())
            yield notes
            write_audit(self.mirror, notes.entries)
