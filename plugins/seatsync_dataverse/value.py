"""Values of columns: how they are written, and whether a row holds what was written; no effects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from seatsync.errors import BadInput
from seatsync_dataverse.odata import row_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync_dataverse.payload import Row


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a lookup: the row that it points to, or None for nothing.

    It is written through the navigation property, which for custom lookups is spelled as their
    schema name, and read back from a column of another name (associate and disassociate).
    """

    navigation: str
    entity_set: str
    row_id: UUID | None


Value = str | int | bool | Decimal | UUID | datetime | date | Reference | None
Values = dict[str, Value]
"""Values by the logical name of their column."""


def lookup_column(column: str) -> str:
    """Return the column that the target of a lookup is read from (select columns)."""
    return f"_{column}_value"


def read_name(column: str, value: Value) -> str:
    """Return the name that a column is read by."""
    return lookup_column(column) if isinstance(value, Reference) else column


def read_names(values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return what to select in order to see what was written."""
    return tuple(read_name(column, value) for column, value in values.items())


def body_of(values: Mapping[str, Value]) -> dict[str, object]:
    """Return the body that writes these values; raises `BadInput` for an instant without a zone."""
    return dict(_written(column, value) for column, value in values.items())


def _written(column: str, value: Value) -> tuple[str, object]:
    if isinstance(value, Reference):
        bound = None if value.row_id is None else row_path(value.entity_set, value.row_id)
        return f"{value.navigation}@odata.bind", bound
    if isinstance(value, datetime):
        return column, instant_text(value)
    return column, value


def instant_text(value: datetime) -> str:
    """Return an aware instant as the CRM writes it: UTC, whole seconds, `Z`."""
    if value.tzinfo is None:
        message = "an instant without a time zone"
        raise BadInput(message)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def differing(values: Mapping[str, Value], row: Row) -> Values:
    """Return the values that a row does not hold; a column that the row lacks counts as differing.

    Writing an equal value would set off plug-ins, audit and `modifiedon` all the same (update and
    delete table rows).
    """
    return {
        column: value
        for column, value in values.items()
        if read_name(column, value) not in row or not _is(value, row[read_name(column, value)])
    }


def holds(row: Row, values: Mapping[str, Value]) -> bool:
    """Tell whether a row holds all that was written."""
    return not differing(values, row)


def _is(value: Value, stored: Any) -> bool:
    if isinstance(value, Reference):
        return _is_id(value.row_id, stored)
    if isinstance(value, UUID):
        return _is_id(value, stored)
    if isinstance(value, datetime):
        return _is_instant(value, stored)
    if isinstance(value, date):
        return isinstance(stored, str) and stored[:10] == value.isoformat()
    return _is_plain(value, stored)


def _is_plain(value: Value, stored: Any) -> bool:
    # The CRM keeps no empty texts: they read back as null.
    if value is None or value == "":
        return stored is None or stored == ""
    return isinstance(value, bool) is isinstance(stored, bool) and value == stored


def _is_id(value: UUID | None, stored: Any) -> bool:
    if value is None or stored is None:
        return value is stored
    return isinstance(stored, str) and stored.lower() == str(value)


def _is_instant(value: datetime, stored: Any) -> bool:
    if not isinstance(stored, str):
        return False
    try:
        found = datetime.fromisoformat(stored)
    except ValueError:
        return False
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return instant_text(aware) == instant_text(value)
