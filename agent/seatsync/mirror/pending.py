"""What waits to be told to the CRM of single records, for whoever reads what the CRM says of them.

Every function runs in the session that is open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from seatsync.domain.ownership import FIELDS, FieldKind
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.outbox import SEPARATOR, Operation, noted_fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from seatsync.domain.crm import CrmNoun, CrmValue
    from seatsync.mirror.database import Mirror


@dataclass(frozen=True, slots=True)
class Pending:
    """An item of the outbox: the fields that were noted, and the bases of the CRM's own.

    A base is what the mirror held before one of the changes, the earliest first. The CRM may show
    any of them: the first, or what it was told without the answer coming back.
    """

    operation: Operation
    fields: frozenset[str]
    bases: Mapping[str, tuple[CrmValue, ...]] = field(default_factory=dict)


_SETTLED = (
    "UPDATE crm_outbox SET operation = ?, fields = ?, bases = ?, parked = ?, next_attempt_at = ?"
    " WHERE noun = ? AND record_id = ?"
)

_DONE = "DELETE FROM crm_outbox WHERE noun = ? AND record_id = ?"


def pending_of(mirror: Mirror, noun: CrmNoun, ids: Collection[UUID]) -> dict[UUID, Pending]:
    """Return what waits of these records, which nobody adds to until this session ends."""
    listed, params = mirror.in_ids("ids", ids)
    lock = "" if mirror.is_sqlite else " ORDER BY record_id FOR UPDATE"
    rows = mirror.rows(
        "SELECT record_id, operation, fields, bases FROM crm_outbox"  # noqa: S608
        f" WHERE noun = :noun AND record_id IN ({listed}){lock}",
        {"noun": noun, **params},
    )
    return {decode_uuid(row[0]): _pending(noun, *row[1:]) for row in rows}


def settle(
    mirror: Mirror, noun: CrmNoun, settled: Mapping[UUID, Pending | None], now: datetime
) -> None:
    """Write what is left to be told of these records; None is nothing.

    What is left is tried again at once, parked or not: the record is another one now.
    """
    drop(mirror, noun, [one for one, pending in settled.items() if pending is None])
    encode, at = mirror.codec.encode, mirror.codec.instant(now)
    mirror.execute_many(
        _SETTLED,
        [
            (*_spelled(pending), False, at, noun.value, encode(one))
            for one, pending in settled.items()
            if pending is not None
        ],
    )


def drop(mirror: Mirror, noun: CrmNoun, ids: Iterable[UUID]) -> None:
    """Tell nothing more of these records."""
    mirror.execute_many(_DONE, [(noun.value, mirror.codec.uuid(one)) for one in ids])


def _pending(noun: CrmNoun, operation: str, fields: str, bases: str) -> Pending:
    return Pending(Operation(operation), noted_fields(fields), _bases(noun, bases))


def _bases(noun: CrmNoun, text: str) -> dict[str, tuple[CrmValue, ...]]:
    references = {one.name for one in FIELDS[noun] if one.kind is FieldKind.REFERENCE}
    found: dict[str, tuple[CrmValue, ...]] = {}
    for line in filter(None, text.split(SEPARATOR)):
        for name, value in msgspec.json.decode(line).items():
            base = UUID(value) if name in references and value else value
            found[name] = (*found.get(name, ()), base)
    return found


def _spelled(pending: Pending) -> tuple[str, str, str]:
    kept = {name: bases for name, bases in pending.bases.items() if name in pending.fields}
    lines = [{name: base} for name, bases in kept.items() for base in bases]
    return (
        pending.operation.value,
        SEPARATOR.join(sorted(pending.fields)),
        SEPARATOR.join(msgspec.json.encode(line).decode() for line in lines),
    )
