"""What waits to be told to the CRM: read when it is due, and settled by its revision.

An item that was noted again since it was read keeps what came later: its text only ever grows.
Every function runs in the session that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import NIL
from seatsync.domain.text import storable
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.outbox import SEPARATOR, Operation, noted_fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from seatsync.mirror.database import Mirror

_ITEM = "SELECT id, noun, record_id, operation, fields, bases, revision, attempts FROM crm_outbox"


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One record that the CRM does not hold as the mirror does.

    `fields` and `bases` are as the notes left them, for `settle` to tell what came later.
    """

    id: UUID
    noun: CrmNoun
    record_id: UUID
    operation: Operation
    fields: str
    bases: str
    revision: int
    attempts: int

    @property
    def names(self) -> frozenset[str]:
        """Return which fields changed; a record that is to be made has all of its fields told."""
        return noted_fields(self.fields)


def count_due(mirror: Mirror, now: datetime) -> dict[tuple[CrmNoun, Operation], int]:
    """Return how many items are due, by noun and by what has to be done."""
    rows = mirror.rows(
        "SELECT noun, operation, COUNT(*) FROM crm_outbox WHERE next_attempt_at <= :now"
        " GROUP BY noun, operation",
        {"now": now},
    )
    return {(CrmNoun(noun), Operation(operation)): count for noun, operation, count in rows}


def due_items(
    mirror: Mirror,
    noun: CrmNoun,
    now: datetime,
    *,
    limit: int,
    after: UUID | None = None,
    operation: Operation | None = None,
) -> list[OutboxItem]:
    """Return the next due items of a noun, in the order of their records, from behind `after`.

    That is the order of an index, so that each batch costs the same however many wait.
    """
    kind = "" if operation is None else " AND operation = :operation"
    return _items(
        mirror,
        f"WHERE noun = :noun AND next_attempt_at <= :now AND record_id > :after{kind}"
        " ORDER BY record_id LIMIT :limit",
        {
            "noun": noun,
            "now": now,
            "after": after or NIL,
            "limit": limit,
            **({} if operation is None else {"operation": operation}),
        },
    )


def items_of(mirror: Mirror, noun: CrmNoun, record_ids: Collection[UUID]) -> list[OutboxItem]:
    """Return the items of these records, due or not; most records have none."""
    marks, params = mirror.in_ids("ids", record_ids)
    condition = f"WHERE noun = :noun AND record_id IN ({marks}) ORDER BY record_id"
    return _items(mirror, condition, {"noun": noun, **params})


def not_made_yet(mirror: Mirror, noun: CrmNoun, record_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these records are themselves waiting to be made in the CRM."""
    marks, params = mirror.in_ids("ids", record_ids)
    rows = mirror.rows(
        "SELECT record_id FROM crm_outbox WHERE noun = :noun AND operation = :create"  # noqa: S608
        f" AND record_id IN ({marks})",
        {"noun": noun, "create": Operation.CREATE, **params},
    )
    return frozenset(decode_uuid(row[0]) for row in rows)


def hold_items(mirror: Mirror, items: Iterable[OutboxItem]) -> None:
    """Hold items until the session ends, in the order in which notes do, before any is written."""
    if not mirror.is_sqlite:
        _locked(mirror, {item.id for item in items})


def mark_attempted(mirror: Mirror, items: Iterable[OutboxItem]) -> None:
    """Note that these are about to be sent, so that a process that dies then is known to have."""
    uuid = mirror.codec.uuid
    mirror.execute_many(
        "UPDATE crm_outbox SET attempts = attempts + 1 WHERE id = ?",
        [(uuid(item.id),) for item in _in_order(items)],
    )


def settle(mirror: Mirror, items: Collection[OutboxItem]) -> None:
    """Take away what the CRM holds by now; what was noted meanwhile stays, as a change."""
    read = {item.id: item for item in items}
    done, changed = [], []
    for item_id, revision, fields, bases in _locked(mirror, read.keys()):
        item = read[item_id]
        rest = _since(item.fields, fields)
        if revision == item.revision or not noted_fields(rest):
            done.append((mirror.codec.uuid(item_id),))
        else:
            changed.append((rest, _since(item.bases, bases), mirror.codec.uuid(item_id)))
    mirror.execute_many("DELETE FROM crm_outbox WHERE id = ?", done)
    mirror.execute_many(
        "UPDATE crm_outbox SET operation = 'UPDATE', fields = ?, bases = ?, attempts = 0,"
        " last_error = NULL WHERE id = ?",
        changed,
    )


def park(mirror: Mirror, refused: Mapping[OutboxItem, str], until: datetime) -> None:
    """Put aside what the CRM refuses, with its reason, unless it has changed since."""
    uuid, instant = mirror.codec.uuid, mirror.codec.instant(until)
    mirror.execute_many(
        "UPDATE crm_outbox SET parked = ?, last_error = ?, next_attempt_at = ?"
        " WHERE id = ? AND revision = ?",
        [
            (True, storable(refused[item]), instant, uuid(item.id), item.revision)
            for item in _in_order(refused)
        ],
    )


def defer(mirror: Mirror, items: Iterable[OutboxItem], until: datetime) -> None:
    """Leave items for later, unless they have changed since."""
    uuid, instant = mirror.codec.uuid, mirror.codec.instant(until)
    mirror.execute_many(
        "UPDATE crm_outbox SET next_attempt_at = ? WHERE id = ? AND revision = ?",
        [(instant, uuid(item.id), item.revision) for item in _in_order(items)],
    )


def _items(mirror: Mirror, condition: str, params: Mapping[str, Any]) -> list[OutboxItem]:
    return [
        OutboxItem(
            decode_uuid(item_id),
            CrmNoun(noun),
            decode_uuid(record_id),
            Operation(operation),
            fields,
            bases,
            revision,
            attempts,
        )
        for item_id, noun, record_id, operation, fields, bases, revision, attempts in mirror.rows(
            f"{_ITEM} {condition}", params
        )
    ]


def _locked(mirror: Mirror, ids: Collection[UUID]) -> list[tuple[UUID, int, str, str]]:
    """Return id, revision, fields and bases of items that nobody adds to until the session ends."""
    marks, params = mirror.in_ids("ids", ids)
    lock = "" if mirror.is_sqlite else " FOR UPDATE"
    rows = mirror.rows(
        "SELECT id, revision, fields, bases FROM crm_outbox"  # noqa: S608
        f" WHERE id IN ({marks}) ORDER BY record_id{lock}",
        params,
    )
    return [(decode_uuid(item_id), *rest) for item_id, *rest in rows]


def _in_order(items: Iterable[OutboxItem]) -> list[OutboxItem]:
    """Return items in the order in which notes lock them, too."""
    return sorted(items, key=attrgetter("record_id"))


def _since(earlier: str, later: str) -> str:
    return later[len(earlier) :].removeprefix(SEPARATOR)
