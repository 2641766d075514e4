"""Reading one noun: what changed since the last read, or all of it, and then what is gone."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync.crm.progress import plural
from seatsync.crm.summary import PullSummary
from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord
from seatsync.errors import CrmMarkExpired
from seatsync.mirror.crm_rows import (
    begin_full_read,
    end_read,
    reading_of,
    records_without_row,
    rows_before,
    versions_of,
)
from seatsync.mirror.outbox import Operation, note_created
from seatsync.mirror.pending import pending_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from seatsync.crm.intake import Intake
    from seatsync.crm.progress import Steps
    from seatsync.crm.shrinkage import Shrinkage
    from seatsync.domain.crm import CrmChange
    from seatsync.mirror.crm_rows import Reading
    from seatsync.sdk.context import Clock, Control

_log = logging.getLogger(__name__)

_Page = tuple["Sequence[CrmChange]", str | None]
"""Changes, and with the last ones where the next read continues."""

_AT_ONCE = 5_000
"""So many records that a full read did not show are looked at in one transaction."""


@dataclass(slots=True)
class NounPull:
    """Reads one noun to its end, once."""

    intake: Intake
    clock: Clock
    noun: CrmNoun
    control: Control
    steps: Steps
    shrinkage: Shrinkage
    summary: PullSummary = field(default_factory=PullSummary)

    def carry_out(self) -> PullSummary:
        """Read from the mark on, or everything without a good one; return what that did.

        A whole read that shows too little, by `shrinkage`, removes nothing and is not counted as
        done: the next pull reads everything again.
        """
        reading = self._reading()
        if reading.mark is None:
            self._read_whole()
            return self.summary
        try:
            self._read_changes(reading)
        except CrmMarkExpired as expired:
            _log.info("%s is read whole: %s", plural(self.noun), expired.message)
            self._read_whole()
        return self.summary

    def _read_changes(self, reading: Reading) -> None:
        for changes, mark in self._pages(reading.mark, "changed"):
            fresh = self._without_echoes(changes)
            if fresh or mark is not None:
                self.summary += self.intake.take_page(self.noun, fresh, reading, mark)

    def _read_whole(self) -> None:
        mirror, last = self.intake.mirror, None
        with mirror.writing(durable=False):
            begin_full_read(mirror, self.noun)
        reading = self._reading()
        known = self.shrinkage.known(self.noun, reading)
        for changes, mark in self._pages(None, "all"):
            self.summary += self.intake.take_page(self.noun, changes, reading, None)
            last = mark or last
        if self.shrinkage.is_too_much(self.noun, reading, known):
            return
        self._sweep(reading)
        if self.noun is not CrmNoun.CHANGE_REQUEST:
            self._note_lacking()
        with mirror.writing(durable=False):
            end_read(mirror, self.noun, reading.generation, last, self.clock.now())

    def _pages(self, mark: str | None, which: str) -> Iterator[_Page]:
        what = f"reading {which} {plural(self.noun)}"
        self.steps.begin(what)
        for page in self.intake.crm.changes(self.noun, mark):
            self.control.check()
            yield page.changes, page.mark
            self.steps.go_on(what, len(page.changes))

    def _without_echoes(self, changes: Sequence[CrmChange]) -> list[CrmChange]:
        """Leave out what is as the agent wrote it, or saw it, last."""
        mirror = self.intake.mirror
        ids = [one.id for one in changes if isinstance(one, CrmRecord)]
        with mirror.reading():
            seen = versions_of(mirror, self.noun, ids)
        return [
            one
            for one in changes
            if not isinstance(one, CrmRecord) or seen.get(one.id) != one.version
        ]

    def _sweep(self, reading: Reading) -> None:
        """Take over that records are gone which a full read did not show."""
        what = f"{plural(self.noun)} that the CRM does not have any more"
        while ids := self._unseen(reading):
            self.control.check()
            gone = [CrmGone(self.noun, one) for one in ids]
            self.summary += self.intake.take_page(self.noun, gone, reading, None)
            self.steps.go_on(what, len(ids))

    def _unseen(self, reading: Reading) -> list[UUID]:
        mirror = self.intake.mirror
        with mirror.reading():
            return rows_before(mirror, self.noun, reading.generation, _AT_ONCE)

    def _note_lacking(self) -> None:
        """Note what the mirror has and the CRM lacks, as after connecting the two."""
        what = f"{plural(self.noun)} that the CRM is to be given"
        last: UUID | None = None
        while ids := self._lacking(last):
            self.control.check()
            last = ids[-1]
            self.steps.go_on(what, len(ids))

    def _lacking(self, after: UUID | None) -> list[UUID]:
        mirror = self.intake.mirror
        with mirror.writing(durable=False):
            ids = records_without_row(mirror, self.noun, after, _AT_ONCE)
            noted = pending_of(mirror, self.noun, ids)
            new = [
                one
                for one in ids
                if one not in noted or noted[one].operation is not Operation.CREATE
            ]
            note_created(mirror, self.noun, new, self.clock.now())
        self.summary += PullSummary(put_back=len(new))
        return ids

    def _reading(self) -> Reading:
        with self.intake.mirror.reading():
            return reading_of(self.intake.mirror, self.noun)
