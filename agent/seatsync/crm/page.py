"""Some changes of one noun beside what the mirror holds of the same records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from seatsync.crm.canonical import canonical, told
from seatsync.crm.merge import Merged, Ours, merge
from seatsync.crm.references import present_of, referred_to, unusable
from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord, CrmUnreadable
from seatsync.mirror.crm_values import record_values
from seatsync.mirror.outbox import Operation
from seatsync.mirror.pending import pending_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync.crm.merge import Follow
    from seatsync.crm.references import Present
    from seatsync.crm.turn import Turn
    from seatsync.domain.crm import CrmChange, CrmValue
    from seatsync.mirror.pending import Pending


@dataclass(frozen=True, slots=True)
class Page:
    """The records by id; `theirs` are their canonical values, `held` the mirror's raw ones."""

    noun: CrmNoun
    records: Mapping[UUID, CrmRecord]
    gone: Sequence[UUID]
    unreadable: Sequence[CrmUnreadable]
    theirs: Mapping[UUID, dict[str, CrmValue]]
    held: Mapping[UUID, dict[str, CrmValue]]
    pending: Mapping[UUID, Pending]
    present: Present
    is_first: bool
    """Whether the noun was never read to its end before."""

    @property
    def known(self) -> list[UUID]:
        """Return the records that the mirror has as well."""
        return [one for one in self.records if one in self.held]

    @property
    def unknown(self) -> list[UUID]:
        """Return the records that the mirror lacks."""
        return [one for one in self.records if one not in self.held]

    @property
    def lost(self) -> list[UUID]:
        """Return the records that were in the CRM, and are in the mirror only."""
        return [one for one in self.gone if one in self.held and not self._is_to_be_made(one)]

    def actor(self, turn: Turn, record_id: UUID) -> str:
        """Return the name of who changed a record last."""
        return turn.actors.name(self.records[record_id].changed_by)

    def reference(self, record_id: UUID, name: str) -> UUID | None:
        """Return what a record refers to, or None if that is nothing that the mirror has."""
        values = self.theirs[record_id]
        value = values.get(name)
        is_usable = name not in unusable(self.noun, values, self.present)
        return value if is_usable and isinstance(value, UUID) else None

    def merged(self, turn: Turn, ids: Sequence[UUID], follow: Follow) -> dict[UUID, Merged]:
        """Return what becomes of records that both have, of those that are not alike already."""
        show = turn.shows(self.noun)
        return {
            one: merge(
                self.noun,
                self.theirs[one],
                Ours(self.held[one], self.pending.get(one), follow),
                show,
                unusable(self.noun, self.theirs[one], self.present),
            )
            for one in ids
            if one in self.pending or not self._is_alike(one)
        }

    def _is_alike(self, record_id: UUID) -> bool:
        ours = canonical(self.noun, self.held[record_id])
        return all(ours[name] == value for name, value in self.theirs[record_id].items())

    def _is_to_be_made(self, record_id: UUID) -> bool:
        pending = self.pending.get(record_id)
        return pending is not None and pending.operation is Operation.CREATE


def page_of(turn: Turn, noun: CrmNoun, changes: Sequence[CrmChange], *, is_first: bool) -> Page:
    """Read what the mirror holds of the changed records, which are held before."""
    records = {one.id: one for one in changes if isinstance(one, CrmRecord)}
    gone = [one.id for one in changes if isinstance(one, CrmGone)]
    named = [*records, *gone]
    return Page(
        noun,
        records,
        gone,
        [one for one in changes if isinstance(one, CrmUnreadable)],
        {one: told(noun, record.values) for one, record in records.items()},
        record_values(turn.mirror, noun, named),
        pending_of(turn.mirror, noun, named),
        present_of(turn.mirror, referred_to(noun, changes)),
        is_first,
    )
