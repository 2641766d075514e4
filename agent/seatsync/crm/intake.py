"""Taking changes over, a transaction at a time, with all that they need from the CRM before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.crm.actors import Actors
from seatsync.crm.references import present_of, referred_to
from seatsync.crm.summary import PullSummary
from seatsync.crm.taking_over import take_changes
from seatsync.crm.turn import Turn
from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord
from seatsync.mirror.crm_rows import end_read, reading_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmChange
    from seatsync.mirror.crm_rows import Reading
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock
    from seatsync.sdk.crm import CrmConnection

_REMEMBERED = 10_000
"""So many references that led to nothing are not followed again and again."""


class Intake:
    """Takes over what one CRM shows; nothing is asked of it while a transaction is open."""

    def __init__(self, mirror: Mirror, clock: Clock, crm: CrmConnection) -> None:
        """Know no users yet."""
        self.mirror = mirror
        self.crm = crm
        self._clock = clock
        self._actors = Actors(crm)
        self._futile: set[UUID] = set()

    def take_page(
        self, noun: CrmNoun, changes: Sequence[CrmChange], reading: Reading, mark: str | None
    ) -> PullSummary:
        """Take changes of one noun over, and with them where its next read continues."""
        before = self.prepare(noun, changes)
        with self.mirror.writing(durable=False):
            done = self.commit(noun, changes, reading)
            if mark is not None:
                end_read(self.mirror, noun, reading.generation, mark, self._clock.now())
        return before + done

    def prepare(self, noun: CrmNoun, changes: Sequence[CrmChange]) -> PullSummary:
        """Take over what changes refer to and the mirror lacks, and learn who made them."""
        summary = PullSummary()
        for target, ids in self._missing(noun, changes).items():
            summary += self._fetch(target, ids)
        self._learn(noun, changes)
        return summary

    def commit(self, noun: CrmNoun, changes: Sequence[CrmChange], reading: Reading) -> PullSummary:
        """Take over changes that were prepared, in the session that is open."""
        turn = Turn(self.mirror, self.crm, self._actors, self._clock.now())
        take_changes(turn, noun, changes, reading)
        return turn.end()

    def _missing(self, noun: CrmNoun, changes: Iterable[CrmChange]) -> dict[CrmNoun, set[UUID]]:
        referred = referred_to(noun, changes)
        with self.mirror.reading():
            present = present_of(self.mirror, referred)
        missing = {one: referred[one] - present[one] - self._futile for one in referred}
        return {one: missing[one] for one in CrmNoun if missing.get(one)}

    def _fetch(self, noun: CrmNoun, ids: Collection[UUID]) -> PullSummary:
        fetched = self.crm.fetch(noun, ids)
        there = [change for change in fetched if not isinstance(change, CrmGone)]
        summary = take_together(self, there)
        self._remember(noun, ids)
        return summary

    def _remember(self, noun: CrmNoun, ids: Collection[UUID]) -> None:
        with self.mirror.reading():
            found = present_of(self.mirror, {noun: set(ids)})[noun]
        if len(self._futile) > _REMEMBERED:
            self._futile.clear()
        self._futile.update(set(ids) - found)

    def _learn(self, noun: CrmNoun, changes: Iterable[CrmChange]) -> None:
        records = [change for change in changes if isinstance(change, CrmRecord)]
        if noun is CrmNoun.CHANGE_REQUEST:
            self._actors.learn(one.created_by for one in records)
        else:
            self._actors.learn(one.changed_by for one in records)


def take_together(intake: Intake, changes: Sequence[CrmChange]) -> PullSummary:
    """Take over changes of any nouns in one transaction, those first that others refer to."""
    by_noun = {noun: [one for one in changes if one.noun is noun] for noun in CrmNoun}
    groups = {noun: some for noun, some in by_noun.items() if some}
    summary = PullSummary()
    for noun, some in groups.items():
        summary += intake.prepare(noun, some)
    if not groups:
        return summary
    with intake.mirror.writing(durable=False):
        for noun, some in groups.items():
            summary += intake.commit(noun, some, reading_of(intake.mirror, noun))
    return summary
