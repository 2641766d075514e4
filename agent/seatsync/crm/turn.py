"""One transaction of a pull: what it works with, and what it notes until it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync.crm.canonical import canonical
from seatsync.crm.summary import PullSummary
from seatsync.domain.audit import Notes
from seatsync.mirror.audit import write_audit

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.crm.actors import Actors
    from seatsync.crm.merge import Show, Values
    from seatsync.domain.crm import CrmNoun
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.crm import CrmConnection


@dataclass(slots=True)
class Turn:
    """A writing session in which changes of the CRM are taken over, at the instant `now`."""

    mirror: Mirror
    crm: CrmConnection
    actors: Actors
    now: datetime
    summary: PullSummary = field(default_factory=PullSummary)
    _notes: dict[tuple[str, str], Notes] = field(default_factory=dict)

    def notes(self, actor: str, action: str) -> Notes:
        """Return where to note what somebody did."""
        return self._notes.setdefault((actor, action), Notes(actor, action, self.now))

    def shows(self, noun: CrmNoun) -> Show:
        """Return what tells how values of the mirror look in the CRM."""

        def show(values: Values) -> Values:
            return canonical(noun, self.crm.kept(noun, values))

        return show

    def count(
        self, *, taken_over: int = 0, put_back: int = 0, unreadable: int = 0, left_alone: int = 0
    ) -> None:
        """Count what was done."""
        self.summary += PullSummary(taken_over, put_back, unreadable, left_alone)

    def end(self) -> PullSummary:
        """Write the audit log, and return what was done."""
        entries = [entry for notes in self._notes.values() for entry in notes.entries]
        write_audit(self.mirror, sorted(entries, key=lambda entry: entry.id))
        return self.summary
