"""Rows as records: what a page of changes, or a single read, says of a noun."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from seatsync.domain.crm import CrmRecord, CrmUnreadable
from seatsync.errors import RecordError
from seatsync_dataverse.cell import read_cell
from seatsync_dataverse.limits import AMOUNT_CURRENCY, priced
from seatsync_dataverse.payload import ETAG

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.crm import CrmValue
    from seatsync_dataverse.payload import Row
    from seatsync_dataverse.shape import Column, Shape

CREATED_BY, CHANGED_BY = "_createdby_value", "_modifiedby_value"


def selected(shape: Shape) -> tuple[str, ...]:
    """Return the columns that a row is read with, beside its key."""
    return (*(column.read_name for column in shape.columns), CREATED_BY, CHANGED_BY)


def meaning_of(shape: Shape) -> str:
    """Return a digest of how rows are read: another one makes other records of the same rows."""
    said = [(one.field.name, one.read_name, sorted(one.options.items())) for one in shape.columns]
    return sha256(repr((shape.logical_name, said)).encode()).hexdigest()


def read_record(
    shape: Shape, row_id: UUID, row: Row, code_of: Callable[[UUID], str]
) -> CrmRecord | CrmUnreadable:
    """Return a row as a record, or why it means nothing.

    `code_of` tells the ISO code of a currency; it raises `RecordError` for an unknown one.
    """
    version = str(row.get(ETAG, ""))
    try:
        values = _values(shape, row, code_of)
        _require(shape, values)
    except RecordError as error:
        return CrmUnreadable(shape.noun, row_id, version, error.reason)
    changed_by, created_by = _user(row.get(CHANGED_BY)), _user(row.get(CREATED_BY))
    return CrmRecord(shape.noun, row_id, version, values, changed_by, created_by)


def _values(shape: Shape, row: Row, code_of: Callable[[UUID], str]) -> dict[str, CrmValue]:
    read = priced({column.field.name: read_cell(column, row) for column in shape.columns})
    currency = read.get(AMOUNT_CURRENCY)
    if isinstance(currency, UUID):
        return {**read, AMOUNT_CURRENCY: code_of(currency)}
    return read


def _require(shape: Shape, values: dict[str, CrmValue]) -> None:
    for name in shape.required:
        if values[name] is None:
            raise RecordError(f"{_named(shape.by_field[name])} is empty")


def _named(column: Column) -> str:
    return f"{column.field.label} ({column.logical_name})"


# A few people change many rows.
@lru_cache
def _user(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
