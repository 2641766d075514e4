"""One value of a row, read as what our field means; what it cannot mean is an error."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from seatsync.domain.ownership import FieldKind, Owner
from seatsync.errors import RecordError
from seatsync_dataverse.limits import CODE, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatsync.domain.crm import CrmValue
    from seatsync_dataverse.payload import Row
    from seatsync_dataverse.shape import Column

_ISO_CURRENCY = re.compile("[A-Z]{3}")
_SHOWN = 60


def read_cell(column: Column, row: Row) -> CrmValue:
    """Return the value of a field; raises `RecordError` for one that means nothing.

    A choice of the agent's own that has an unknown value is as good as empty: the agent puts its
    word back. A row that comes without its currency has none.
    """
    stored = row.get(column.read_name)
    if stored is None and column.read_name not in row and not column.may_be_left_out:
        raise RecordError(f"the row comes without {column.read_name}")
    try:
        value = None if stored is None else _READERS[column.field.kind](column, stored)
    except (TypeError, ValueError) as error:
        raise _meaningless(column, stored) from error
    return _checked(column, fitted(column, value), stored)


def _checked(column: Column, value: CrmValue, stored: Any) -> CrmValue:
    is_code = column.field.name == CODE and value is not None
    if is_code and not _ISO_CURRENCY.fullmatch(str(value)):
        raise _meaningless(column, stored)
    return value


def _meaningless(column: Column, stored: Any) -> RecordError:
    shown = repr(stored)[:_SHOWN]
    what = f"{column.field.label} ({column.logical_name}) is {shown}"
    return RecordError(f"{what}, which is no {column.field.kind} that seatsync knows")


def _text(_: Column, stored: Any) -> str:
    if not isinstance(stored, str):
        raise TypeError
    return stored


def _whole(_: Column, stored: Any) -> int:
    if isinstance(stored, bool) or stored != int(stored):
        raise TypeError
    return int(stored)


def _exact(_: Column, stored: Any) -> Decimal:
    if isinstance(stored, bool) or not isinstance(stored, int | Decimal):
        raise TypeError
    return Decimal(stored)


def _flag(_: Column, stored: Any) -> bool:
    if not isinstance(stored, bool):
        raise TypeError
    return stored


def _choice(column: Column, stored: Any) -> str | None:
    word = column.words.get(_whole(column, stored))
    if word is None and column.field.owner is not Owner.AGENT:
        raise ValueError
    return word


def _instant(_: Column, stored: Any) -> datetime:
    found = datetime.fromisoformat(stored)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(_: Column, stored: Any) -> date:
    # Columns of an existing schema may tell a time with it.
    return date.fromisoformat(stored[: len("2000-01-01")])


def _id(_: Column, stored: Any) -> UUID:
    return UUID(_text(_, stored))


_READERS: Mapping[FieldKind, Callable[[Column, Any], CrmValue]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.INTEGER: _whole,
    FieldKind.DECIMAL: _exact,
    FieldKind.MONEY: _exact,
    FieldKind.CURRENCY: _id,
    FieldKind.FLAG: _flag,
    FieldKind.CHOICE: _choice,
    FieldKind.INSTANT: _instant,
    FieldKind.DAY: _day,
    FieldKind.REFERENCE: _id,
}
