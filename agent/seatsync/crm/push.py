"""Telling the CRM what changed here: each record once, in an order in which none is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from seatsync.crm.contest import Contests
from seatsync.crm.delivery import sort_items
from seatsync.crm.progress import plural
from seatsync.crm.sending import load, send
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import Owner, fields_of
from seatsync.errors import SkippedFault
from seatsync.mirror.crm_rows import UNKNOWN, keep_written
from seatsync.mirror.outbox import Operation
from seatsync.mirror.outbox_items import (
    count_due,
    defer,
    due_items,
    hold_items,
    items_of,
    mark_attempted,
    park,
    settle,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from uuid import UUID

    from seatsync.crm.contest import TakesOver
    from seatsync.crm.delivery import Delivery
    from seatsync.crm.sending import Sent
    from seatsync.domain.progress import ProgressSink
    from seatsync.errors import SeatsyncError
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.outbox_items import OutboxItem
    from seatsync.sdk.context import Clock, Control
    from seatsync.sdk.crm import CrmConnection, CrmWrite

    _Way = Callable[[CrmConnection, Sequence[CrmWrite]], Sent]
    _Contested = list[tuple[Delivery, SeatsyncError | None]]

BULK_FROM = 100
"""So many records of a noun that are to be made go in bulk."""
BULK_ITEMS = 2_000
SINGLE_ITEMS = 200
"""So many items are sent and settled together: what a kill leaves to be asked about."""

PARKED_FOR = timedelta(hours=1)
HELD_BACK_FOR = timedelta(minutes=5)
"""A record that refers to one which the CRM refuses need not be tried all the time."""
CONTESTED_FOR = timedelta(minutes=1)


@dataclass(slots=True)
class PushSummary:
    """What one push did, in records; what is held back waits for one that is not made yet."""

    created: int = 0
    updated: int = 0
    parked: int = 0
    held_back: int = 0

    @property
    def told(self) -> int:
        """Return how many records the CRM took."""
        return self.created + self.updated


class Push:
    """The push of one mirror; whoever drains holds the lock that pulls hold, too."""

    def __init__(self, mirror: Mirror, clock: Clock, pull: TakesOver) -> None:
        """Tell what `mirror` holds; conflicts are merged by `pull`."""
        self._mirror = mirror
        self._clock = clock
        self._pull = pull

    def drain(self, crm: CrmConnection, control: Control, progress: ProgressSink) -> PushSummary:
        """Tell the CRM everything that is due, until nothing more gets away.

        Raises the `PassingFault` or `StandingFault` that stopped it, or `Cancelled`, when what
        was done until then is settled.
        """
        contests = Contests(self._mirror, self._clock, self._pull, crm)
        drain = _Drain(self._mirror, self._clock, crm, contests)
        while drain.goes_through(control, progress):
            pass
        return drain.summary


class _Drain:
    """One push, noun by noun."""

    def __init__(
        self, mirror: Mirror, clock: Clock, crm: CrmConnection, contests: Contests
    ) -> None:
        self._mirror = mirror
        self._clock = clock
        self._crm = crm
        self._contests = contests
        self._done = 0
        self.summary = PushSummary()

    def goes_through(self, control: Control, progress: ProgressSink) -> bool:
        """Go through all nouns once, and tell whether anything got away."""
        control.check()
        told = self.summary.told
        self.summary.held_back = 0
        with self._mirror.reading():
            due = count_due(self._mirror, self._clock.now())
        total = self._done + sum(due.values())
        for noun in CrmNoun:
            for contested in self._batches(noun, due):
                self._settle_contest(noun, contested)
                said = f"telling the CRM of {plural(noun)}"
                progress(self._done, max(self._done, total), said)
                control.check()
        return self.summary.told > told

    def _batches(
        self, noun: CrmNoun, due: Mapping[tuple[CrmNoun, Operation], int]
    ) -> Iterator[_Contested]:
        """Send the due items of a noun; yield what is contested of each batch."""
        to_make = due.get((noun, Operation.CREATE), 0)
        to_change = due.get((noun, Operation.UPDATE), 0)
        if to_make >= BULK_FROM:
            yield from self._sent(noun, Operation.CREATE, BULK_ITEMS, load)
            to_make = 0
        if to_make or to_change:
            yield from self._sent(noun, None, SINGLE_ITEMS, send)

    def _sent(
        self, noun: CrmNoun, operation: Operation | None, limit: int, way: _Way
    ) -> Iterator[_Contested]:
        after: UUID | None = None
        while items := self._due(noun, operation, limit, after):
            after = items[-1].record_id
            self._done += len(items)
            yield self._deliver(noun, items, way)

    def _due(
        self, noun: CrmNoun, operation: Operation | None, limit: int, after: UUID | None
    ) -> list[OutboxItem]:
        now = self._clock.now()
        with self._mirror.reading():
            return due_items(self._mirror, noun, now, limit=limit, after=after, operation=operation)

    def _deliver(self, noun: CrmNoun, items: Sequence[OutboxItem], way: _Way) -> _Contested:
        """Send what can be sent; return what the CRM has to be asked about."""
        with self._mirror.writing(durable=False):
            hold_items(self._mirror, items)
            found = sort_items(self._mirror, noun, items)
            settle(self._mirror, found.idle)
            defer(self._mirror, found.held_back, self._clock.now() + HELD_BACK_FOR)
            mark_attempted(self._mirror, [one.item for one in found.ready])
        self.summary.held_back += len(found.held_back)
        contested: _Contested = [(one, None) for one in found.blind]
        if found.ready:
            sent = way(self._crm, [one.write for one in found.ready])
            self._settle_sent(noun, {one.write.id: one.item for one in found.ready}, sent)
            contested += [
                (one, sent.contested[one.write.id])
                for one in found.ready
                if one.write.id in sent.contested
            ]
        return contested

    def _settle_sent(self, noun: CrmNoun, items: Mapping[UUID, OutboxItem], sent: Sent) -> None:
        versions = {one.write.id: one.version or UNKNOWN for one in sent.taken}
        with self._mirror.writing(durable=False):
            hold_items(self._mirror, items.values())
            keep_written(self._mirror, noun, versions)
            settle(self._mirror, [items[one.write.id] for one in sent.taken])
            self._park({items[one]: _reason(fault) for one, fault in sent.refused.items()})
        created = sum(one.write.is_create for one in sent.taken)
        self.summary.created += created
        self.summary.updated += len(sent.taken) - created
        if sent.fault:
            raise sent.fault

    def _settle_contest(self, noun: CrmNoun, contested: _Contested) -> None:
        """Take over what the CRM shows, and write once more what is left to be told."""
        if not contested:
            return
        writes = [(one.write, fault) for one, fault in contested]
        unreadable = self._contests.look_at(noun, writes)
        with self._mirror.reading():
            left = items_of(self._mirror, noun, [write.id for write, _ in writes])
        unknowable = {
            item: f"what the CRM shows of it cannot be read: {unreadable[item.record_id]}"
            for item in left
            if item.record_id in unreadable and not item.names <= fields_of(noun, Owner.AGENT)
        }
        sure = [item for item in left if item not in unknowable]
        self._give_up(self._deliver(noun, sure, send) if sure else [], unknowable)

    def _give_up(self, contested: _Contested, unknowable: Mapping[OutboxItem, str]) -> None:
        """Park what cannot be written; leave for later what changes faster than it can be."""
        stuck = {
            one.item: _reason(fault) for one, fault in contested if isinstance(fault, SkippedFault)
        }
        later = [one.item for one, _ in contested if one.item not in stuck]
        with self._mirror.writing(durable=False):
            hold_items(self._mirror, [*stuck, *unknowable, *later])
            self._park({**stuck, **unknowable})
            defer(self._mirror, later, self._clock.now() + CONTESTED_FOR)

    def _park(self, reasons: Mapping[OutboxItem, str]) -> None:
        park(self._mirror, reasons, self._clock.now() + PARKED_FOR)
        self.summary.parked += len(reasons)


def _reason(fault: SeatsyncError) -> str:
    return f"{fault.message} {fault.remedy}" if fault.remedy else fault.message
