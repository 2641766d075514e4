"""Records as the CRM sees them: the mirror's values of the fields that pass between the two."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

from seatsync.domain.ownership import FIELDS, CrmField, FieldKind
from seatsync.mirror.codec import decode_date, decode_decimal, decode_instant, decode_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmNoun, CrmValue
    from seatsync.mirror.database import Mirror

_DECODERS: Mapping[FieldKind, Callable[[Any], CrmValue]] = {
    FieldKind.DECIMAL: decode_decimal,
    FieldKind.MONEY: decode_decimal,
    FieldKind.FLAG: bool,
    FieldKind.INSTANT: decode_instant,
    FieldKind.DAY: decode_date,
    FieldKind.REFERENCE: decode_uuid,
}


def record_values(
    mirror: Mirror,
    noun: CrmNoun,
    ids: Collection[UUID],
    names: Collection[str] | None = None,
) -> dict[UUID, dict[str, CrmValue]]:
    """Return, by id, the fields (all, or those in `names`) of the records that the mirror has."""
    fields = [field for field in FIELDS[noun] if names is None or field.name in names]
    listed = ", ".join(["id", *(field.name for field in fields)])
    marks, params = mirror.in_ids("ids", ids)
    rows = mirror.rows(f"SELECT {listed} FROM {noun} WHERE id IN ({marks})", params)  # noqa: S608
    return _values(fields, rows) if rows else {}


def _values(
    fields: Sequence[CrmField], rows: Sequence[tuple[Any, ...]]
) -> dict[UUID, dict[str, CrmValue]]:
    ids, *columns = zip(*rows, strict=True)
    decoded = [_decoded(field, stored) for field, stored in zip(fields, columns, strict=True)]
    names = [field.name for field in fields]
    records = zip(*decoded, strict=True) if decoded else repeat((), len(rows))
    return {
        decode_uuid(one): dict(zip(names, values, strict=True))
        for one, values in zip(ids, records, strict=True)
    }


def _decoded(field: CrmField, column: Sequence[Any]) -> Sequence[CrmValue]:
    """Decode a column, each value once however often it is in there: most are repeated."""
    decode = _DECODERS.get(field.kind)
    if decode is None:
        return column
    known = {value: decode(value) for value in {*column} if value is not None}
    return [*map(known.get, column)]
