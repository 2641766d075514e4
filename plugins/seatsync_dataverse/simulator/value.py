"""Values of columns: read from what a client sends, shown as the Web API shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.address import as_guid
from seatsync_dataverse.simulator.column import CHOICES, TEXTS, Kind
from seatsync_dataverse.simulator.problem import malformed, out_of_range, too_long

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.simulator.column import Column

INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def read_value(column: Column, value: Any, table: str) -> Any:
    """Return what a row keeps of a value that a client sent; raises `Problem`.

    An empty text is kept as null (general knowledge).
    """
    if value is None or (value == "" and column.kind in TEXTS):
        return None
    try:
        kept = _READERS[column.kind](column, value)
    except (TypeError, ValueError, InvalidOperation) as error:
        raise malformed(
            table, f"Cannot convert the value of '{column.logical}' to {column.kind}."
        ) from error
    _check(column, kept, table)
    return kept


def _check(column: Column, kept: Any, table: str) -> None:
    if column.kind in CHOICES and kept not in column.options:
        raise out_of_range(kept, column.logical, table)
    if column.max_length is not None and len(kept) > column.max_length:
        raise too_long(column.logical, table, column.max_length)
    low, high = column.minimum, column.maximum
    if (low is not None and kept < low) or (high is not None and kept > high):
        raise out_of_range(kept, column.logical, table)


def _text(_: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(_: Column, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _truth(_: Column, value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _exact(column: Column, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError
    return Decimal(value).quantize(Decimal(1).scaleb(-column.precision))


def _double(_: Column, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError
    return float(value)


def _guid(_: Column, value: Any) -> str:
    guid = as_guid(value)
    if guid is None:
        raise ValueError
    return guid


def _moment(column: Column, value: Any) -> str:
    if column.is_date_only:
        return date.fromisoformat(value).isoformat()
    return normalised(value)


def normalised(text: str) -> str:
    """Return an instant to the second, in UTC; raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime(INSTANT)


_READERS: dict[Kind, Callable[[Column, Any], Any]] = {
    Kind.BIGINT: _whole,
    Kind.BOOLEAN: _truth,
    Kind.DATETIME: _moment,
    Kind.DECIMAL: _exact,
    Kind.DOUBLE: _double,
    Kind.ID: _guid,
    Kind.INTEGER: _whole,
    Kind.LOOKUP: _guid,
    Kind.MEMO: _text,
    Kind.MONEY: _exact,
    Kind.OWNER: _guid,
    Kind.PICKLIST: _whole,
    Kind.STATE: _whole,
    Kind.STATUS: _whole,
    Kind.STRING: _text,
}


def from_literal(column: Column, text: str) -> Any:
    """Return the value that a key in an address stands for; raises `ValueError`."""
    match column.kind:
        case Kind.INTEGER | Kind.BIGINT | Kind.PICKLIST:
            return int(text)
        case Kind.DECIMAL | Kind.MONEY:
            return _exact(column, Decimal(text))
        case Kind.DATETIME:
            return _moment(column, text)
        case Kind.LOOKUP | Kind.OWNER | Kind.ID:
            return _guid(column, text)
        case _:
            return text


def comparable(value: Any) -> Any:
    """Return a value as the database compares it: texts without regard to case."""
    return value.casefold() if isinstance(value, str) else value
