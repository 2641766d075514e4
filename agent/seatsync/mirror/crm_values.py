"""Records as the CRM sees them: the mirror's values of the fields that pass between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.ownership import FIELDS, CrmField, FieldKind
from seatsync.mirror.codec import decode_date, decode_decimal, decode_instant, decode_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
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
    columns = ", ".join(["id", *(field.name for field in fields)])
    marks, params = mirror.in_ids("ids", ids)
    rows = mirror.rows(f"SELECT {columns} FROM {noun} WHERE id IN ({marks})", params)  # noqa: S608
    return {decode_uuid(row[0]): _values(fields, row[1:]) for row in rows}


def _values(fields: Collection[CrmField], row: tuple[Any, ...]) -> dict[str, CrmValue]:
    return {field.name: _decoded(field, stored) for field, stored in zip(fields, row, strict=True)}


def _decoded(field: CrmField, stored: Any) -> CrmValue:
    if stored is None:
        return None
    decode = _DECODERS.get(field.kind)
    value: CrmValue = decode(stored) if decode else stored
    return value
