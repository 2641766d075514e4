"""A CRM as one that was told everything would hold it: what the notes are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import Owner, fields_of
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.crm_values import record_values
from seatsync.mirror.outbox import SEPARATOR, Operation
from seatsync.mirror.outbox_items import OutboxItem, items_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from seatsync.domain.crm import CrmValue
    from seatsync.mirror.database import Mirror

NOUNS = [noun for noun in CrmNoun if noun is not CrmNoun.CHANGE_REQUEST]


class ModelCrm:
    """Holds the mirror's values of the last delivery."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self.held: dict[CrmNoun, dict[UUID, dict[str, CrmValue]]] = {noun: {} for noun in NOUNS}

    def deliver(self) -> None:
        """Tell everything at once."""
        self.held = {noun: self._values(noun) for noun in NOUNS}
        with self._mirror.writing():
            self._mirror.execute("DELETE FROM crm_outbox")

    def item(self, noun: CrmNoun, record_id: UUID) -> OutboxItem | None:
        """Return what is noted of one record."""
        with self._mirror.reading():
            items = items_of(self._mirror, noun, [record_id])
        return items[0] if items else None

    def require_all_noted(self) -> None:
        """Fail if the CRM would lack anything once every item was delivered, or get too much."""
        for noun in NOUNS:
            values = self._values(noun)
            with self._mirror.reading():
                items = {item.record_id: item for item in items_of(self._mirror, noun, values)}
            for record_id, record in values.items():
                self._require_noted(noun, record_id, record, items.get(record_id))

    def _require_noted(
        self,
        noun: CrmNoun,
        record_id: UUID,
        record: Mapping[str, CrmValue],
        item: OutboxItem | None,
    ) -> None:
        shown = self.held[noun].get(record_id)
        if shown is None:
            assert item, f"a {noun} was made and not noted"
            assert item.operation is Operation.CREATE
            return
        ours = fields_of(noun, Owner.AGENT, Owner.CRM)
        differing = {name for name in ours if record[name] != shown[name]}
        noted = item.names if item else frozenset()
        assert differing <= noted, f"changes of a {noun} were not noted: {differing - noted}"
        assert noted <= ours
        commanded = noted & fields_of(noun, Owner.CRM)
        based = first_bases(item) if item else {}
        assert based == {name: _plain(shown[name]) for name in commanded}

    def _values(self, noun: CrmNoun) -> dict[UUID, dict[str, CrmValue]]:
        with self._mirror.reading():
            rows = self._mirror.rows(f"SELECT id FROM {noun}")  # noqa: S608
            ids = [decode_uuid(row[0]) for row in rows]
            return record_values(self._mirror, noun, ids)


def first_bases(item: OutboxItem) -> dict[str, object]:
    """Return the first base of each field, as it stands in the item."""
    bases: dict[str, object] = {}
    for line in filter(None, item.bases.split(SEPARATOR)):
        bases = {**msgspec.json.decode(line), **bases}
    return bases


def _plain(value: CrmValue) -> object:
    return msgspec.json.decode(msgspec.json.encode(value))
