"""What is to be sent for items of the outbox: decided from the mirror, in the open session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from seatsync.domain.ownership import FIELDS, Owner, fields_of
from seatsync.mirror.crm_rows import versions_of
from seatsync.mirror.crm_values import record_values
from seatsync.mirror.outbox import Operation
from seatsync.mirror.outbox_items import not_made_yet
from seatsync.sdk.crm import CrmWrite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync.domain.crm import CrmNoun, CrmValue
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.outbox_items import OutboxItem


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item of the outbox, and the write that it comes to."""

    item: OutboxItem
    write: CrmWrite

    @property
    def is_blind(self) -> bool:
        """Tell whether it would change a record of which no version is known."""
        return not self.write.is_create and self.write.version is None


@dataclass(slots=True)
class Sorted:
    """Items of one noun, by what can be done with them now."""

    ready: list[Delivery] = field(default_factory=list)
    blind: list[Delivery] = field(default_factory=list)
    """Those whose record has to be looked at first."""
    held_back: list[OutboxItem] = field(default_factory=list)
    """Those that refer to a record which is itself not made yet."""
    idle: list[OutboxItem] = field(default_factory=list)
    """Those that have nothing to tell: the mirror lacks the record, or no field is left."""


def sort_items(mirror: Mirror, noun: CrmNoun, items: Sequence[OutboxItem]) -> Sorted:
    """Decide what is sent for items of one noun."""
    ids = {item.record_id for item in items}
    held = record_values(mirror, noun, ids)
    versions = versions_of(mirror, noun, ids)
    told = _Told(fields_of(noun, Owner.AGENT, Owner.CRM), fields_of(noun, Owner.CRM_ALONE))
    deliveries = [
        Delivery(item, told.write(item, held.get(item.record_id, {}), versions.get(item.record_id)))
        for item in items
    ]
    waiting = _waiting(mirror, deliveries)
    found = Sorted()
    for delivery in deliveries:
        if not delivery.write.values:
            found.idle.append(delivery.item)
        elif not waiting.isdisjoint(references(delivery.write)):
            found.held_back.append(delivery.item)
        else:
            (found.blind if delivery.is_blind else found.ready).append(delivery)
    return found


def references(write: CrmWrite) -> frozenset[tuple[CrmNoun, UUID]]:
    """Return which records a write refers to."""
    named = [(one.refers_to, write.values.get(one.name)) for one in FIELDS[write.noun]]
    return frozenset((noun, value) for noun, value in named if noun and isinstance(value, UUID))


@dataclass(frozen=True, slots=True)
class _Told:
    """Which fields of a noun the CRM is told, and which only to put back what was deleted."""

    always: frozenset[str]
    to_put_back: frozenset[str]

    def write(
        self, item: OutboxItem, held: Mapping[str, CrmValue], version: str | None
    ) -> CrmWrite:
        is_create = item.operation is Operation.CREATE
        return CrmWrite(
            noun=item.noun,
            id=item.record_id,
            values=self._everything(held) if is_create else self._changed(item.names, held),
            is_create=is_create,
            version=None if is_create else version,
            is_repeated=item.attempts > 0,
        )

    def _everything(self, held: Mapping[str, CrmValue]) -> dict[str, CrmValue]:
        return {
            name: value
            for name, value in held.items()
            if value is not None or name not in self.to_put_back
        }

    def _changed(self, names: frozenset[str], held: Mapping[str, CrmValue]) -> dict[str, CrmValue]:
        return {name: held[name] for name in names & self.always if name in held}


def _waiting(mirror: Mirror, deliveries: Sequence[Delivery]) -> frozenset[tuple[CrmNoun, UUID]]:
    wanted: dict[CrmNoun, set[UUID]] = {}
    for delivery in deliveries:
        for noun, record_id in references(delivery.write):
            wanted.setdefault(noun, set()).add(record_id)
    return frozenset(
        (noun, one) for noun, ids in wanted.items() for one in not_made_yet(mirror, noun, ids)
    )
