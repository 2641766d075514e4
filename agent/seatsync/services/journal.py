"""The frame of every change: permission, one transaction, and the audit log along with it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.audit import Notes
from seatsync.mirror.audit import write_audit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.domain.roles import Caller, Permission
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock


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
