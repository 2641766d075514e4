"""Noting what the CRM has to be told, in the transaction that changes it.

There is one item for each record that the CRM does not hold as the mirror does. It names fields,
not values: what is sent is what the mirror holds by then, so however long the CRM is away, the
last state goes out once. For fields that belong to the CRM it also keeps the bases: what the mirror
held before each change. The CRM shows the first, or a later one that it was told without its answer
coming back. Only where it still shows one of them may the agent's change go in.
"""

from __future__ import annotations

from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from seatsync.domain.ids import new_numbers
from seatsync.domain.ownership import Owner, fields_of
from seatsync.mirror.crm_values import record_values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.crm import CrmNoun, CrmValue
    from seatsync.mirror.database import Mirror

SEPARATOR = "\n"
"""Stands between what several changes noted of one record, the earliest first."""


def noted_fields(text: str) -> frozenset[str]:
    """Return the names of the fields that an item's text notes, however often."""
    return frozenset(filter(None, text.split(SEPARATOR)))


class Operation(StrEnum):
    """What has to be done with a record of the CRM."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"


_COLUMNS = (
    "id",
    "noun",
    "record_id",
    "operation",
    "fields",
    "bases",
    "revision",
    "created_at",
    "attempts",
    "next_attempt_at",
    "parked",
)

_NOTE = (
    f"INSERT INTO crm_outbox ({', '.join(_COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join('?' * len(_COLUMNS))})"
    " ON CONFLICT (noun, record_id) DO UPDATE SET"
    " operation = CASE WHEN crm_outbox.operation = 'CREATE' OR excluded.operation = 'CREATE'"
    " THEN 'CREATE' ELSE 'UPDATE' END,"
    f" fields = crm_outbox.fields || '{SEPARATOR}' || excluded.fields,"
    f" bases = crm_outbox.bases || '{SEPARATOR}' || excluded.bases,"
    " revision = crm_outbox.revision + 1, parked = excluded.parked,"
    " next_attempt_at = excluded.next_attempt_at"
)


def note_created(mirror: Mirror, noun: CrmNoun, ids: Iterable[UUID], now: datetime) -> None:
    """Note that the CRM lacks these records, which may be written in this transaction yet."""
    if mirror.feeds_crm:
        _note(mirror, noun, [(one, Operation.CREATE, (), {}) for one in ids], now)


def note_changed(
    mirror: Mirror, noun: CrmNoun, changed: Mapping[UUID, Collection[str]], now: datetime
) -> None:
    """Note which fields of records are about to change; call it before they do.

    Fields that do not pass between the agent and the CRM are left out, and with them records that
    have no others.
    """
    if not mirror.feeds_crm:
        return
    ours = fields_of(noun, Owner.AGENT)
    theirs = fields_of(noun, Owner.CRM)
    commanded = {one: theirs.intersection(names) for one, names in changed.items()}
    bases = _bases(mirror, noun, {one: names for one, names in commanded.items() if names})
    noted = [
        (one, Operation.UPDATE, sorted(ours.intersection(names) | commanded[one]), bases.get(one))
        for one, names in changed.items()
    ]
    _note(
        mirror,
        noun,
        [(one, what, names, base or {}) for one, what, names, base in noted if names],
        now,
    )


def note_values(
    mirror: Mirror, noun: CrmNoun, wanted: Mapping[UUID, Mapping[str, CrmValue]], now: datetime
) -> None:
    """Note which of these values, about to be written, are others than the mirror holds."""
    if not mirror.feeds_crm:
        return
    names = {name for values in wanted.values() for name in values}
    held = record_values(mirror, noun, wanted.keys(), names)
    changed = {
        one: [name for name, value in values.items() if value != wanted[one].get(name, value)]
        for one, values in held.items()
    }
    note_changed(mirror, noun, changed, now)


def _bases(
    mirror: Mirror, noun: CrmNoun, commanded: Mapping[UUID, Collection[str]]
) -> dict[UUID, dict[str, CrmValue]]:
    if not commanded:
        return {}
    held = record_values(mirror, noun, commanded.keys(), fields_of(noun, Owner.CRM))
    return {
        one: {name: held[one][name] for name in names}
        for one, names in commanded.items()
        if one in held
    }


_Noted = tuple["UUID", Operation, "Collection[str]", "Mapping[str, CrmValue]"]


def _note(mirror: Mirror, noun: CrmNoun, noted: Collection[_Noted], now: datetime) -> None:
    codec, instant = mirror.codec, mirror.codec.instant(now)
    # In one order everywhere, so that no two transactions wait for each other's items.
    ordered = sorted(noted, key=itemgetter(0))
    numbers = map(codec.number, new_numbers(len(ordered)))
    rows = [
        _row(item_id, noun.value, (codec.uuid(record_id), *rest), instant)
        for item_id, (record_id, *rest) in zip(numbers, ordered, strict=True)
    ]
    mirror.execute_many(_NOTE, rows)


def _row(item_id: Any, noun: str, noted: tuple[Any, ...], instant: Any) -> tuple[Any, ...]:
    record_id, operation, names, bases = noted
    return (
        item_id,
        noun,
        record_id,
        operation.value,
        SEPARATOR.join(names),
        msgspec.json.encode(bases).decode() if bases else "",
        0,
        instant,
        0,
        instant,
        False,
    )
