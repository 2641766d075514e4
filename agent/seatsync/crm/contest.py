"""Records that the CRM holds otherwise than it was thought to: looked at, and taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from seatsync.crm.delivery import references
from seatsync.domain.crm import CrmGone, CrmNoun, CrmUnreadable
from seatsync.errors import CrmRecordGone
from seatsync.mirror.crm_rows import rows_among
from seatsync.mirror.outbox import Operation, note_created
from seatsync.mirror.outbox_items import items_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmChange
    from seatsync.errors import SeatsyncError
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock
    from seatsync.sdk.crm import CrmConnection, CrmWrite


class TakesOver(Protocol):
    """Takes what the CRM shows over into the mirror, as a pull does."""

    def take_over(self, crm: CrmConnection, changes: Sequence[CrmChange]) -> object:
        """Merge these records with the mirror and the outbox, and remember their versions."""
        ...


class Contests:
    """Lets the mirror and the outbox catch up with what the CRM shows of contested records."""

    def __init__(self, mirror: Mirror, clock: Clock, pull: TakesOver, crm: CrmConnection) -> None:
        """Ask `crm`, and merge by `pull`."""
        self._mirror = mirror
        self._clock = clock
        self._pull = pull
        self._crm = crm

    def look_at(
        self, noun: CrmNoun, contested: Collection[tuple[CrmWrite, SeatsyncError | None]]
    ) -> dict[UUID, str]:
        """Take over the records of these writes; return why some of them mean nothing here.

        Where something is gone, it may be what the write refers to, so that is looked at, too.
        """
        wanted = {noun: {write.id for write, _ in contested}}
        for write, fault in contested:
            if isinstance(fault, CrmRecordGone):
                for other, record_id in references(write):
                    wanted.setdefault(other, set()).add(record_id)
        changes = [one for other in CrmNoun for one in self._shown(other, wanted.get(other, ()))]
        return {one.id: one.reason for one in changes if isinstance(one, CrmUnreadable)}

    def _shown(self, noun: CrmNoun, ids: Collection[UUID]) -> Sequence[CrmChange]:
        if not ids:
            return ()
        changes = self._known(noun, self._crm.fetch(noun, ids))
        self._pull.take_over(self._crm, changes)
        return changes

    def _known(self, noun: CrmNoun, changes: Sequence[CrmChange]) -> Sequence[CrmChange]:
        """Return the changes without records that the CRM never held: those are to be made."""
        gone = {one.id for one in changes if isinstance(one, CrmGone)}
        if not gone or noun is CrmNoun.CHANGE_REQUEST:
            return changes
        with self._mirror.writing(durable=False):
            lacking = gone.difference(rows_among(self._mirror, noun, gone))
            waiting = {
                item.record_id
                for item in items_of(self._mirror, noun, lacking)
                if item.operation is Operation.CREATE
            }
            note_created(self._mirror, noun, lacking - waiting, self._clock.now())
        return [one for one in changes if one.id not in lacking]
