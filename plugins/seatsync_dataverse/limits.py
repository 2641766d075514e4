"""What a column can hold of a value; pure, and the one place that says so.

The mirror holds more than some columns do: longer texts, more decimal places, microseconds. What
is written is what this returns, and what is read came through it too, so a value compares equal
after it was there and back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seatsync.domain.ownership import FieldKind
from seatsync_dataverse.shape import MONEY_PRECISION, NUMBER_PRECISION, WEBSITE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatsync.domain.crm import CrmValue
    from seatsync_dataverse.shape import Column, Shape

AMOUNT, AMOUNT_CURRENCY, CODE = "unit_price_amount", "unit_price_currency", "currency"
_UTF16 = "utf-16-le"
_UNIT = 2
"""Bytes of a unit in which the length of a column is counted; a character takes one or two."""


def kept(shape: Shape, values: Mapping[str, CrmValue]) -> dict[str, CrmValue]:
    """Return the fields that a table has, as it can hold them."""
    columns = shape.by_field
    held = {name: fitted(columns[name], one) for name, one in values.items() if name in columns}
    return priced(held)


def priced(values: dict[str, CrmValue]) -> dict[str, CrmValue]:
    """Return values in which a currency without an amount is empty: the platform fills it in."""
    if AMOUNT_CURRENCY in values and AMOUNT in values and values[AMOUNT] is None:
        return {**values, AMOUNT_CURRENCY: None}
    return values


def fitted(column: Column, value: CrmValue) -> CrmValue:
    """Return what a column can hold of a value; keys are never cut, for others have their word."""
    if column.field.kind is FieldKind.FLAG:
        return _flag(column, value)
    fit = _FITS.get(column.field.kind)
    return fit(column, value) if fit and value is not None else value


def host_of(text: str) -> str | None:
    """Return the bare host of what people type in as a website, or None where there is none."""
    typed = text.strip().lower()
    address = typed if "://" in typed else f"//{typed.lstrip('/')}"
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    bare = (host or "").rstrip(".").removeprefix("www.")
    return bare if "." in bare and not any(map(str.isspace, bare)) else None


def _flag(column: Column, value: CrmValue) -> CrmValue:
    # Rows that are older than the column have neither yes nor no.
    return False if value is None and not column.may_be_unsaid else value


def _text(column: Column, value: CrmValue) -> CrmValue:
    text = str(value).strip()
    if column.field.name == CODE:
        text = text.upper()
    if column.logical_name == WEBSITE:
        return host_of(text)
    return (text if column.field.is_key else _cut(text, column.length)) or None


def _cut(text: str, length: int | None) -> str:
    if length is None or len(text) <= (length if text.isascii() else length // _UNIT):
        return text
    coded = text.encode(_UTF16, "surrogatepass")
    # A character of two units is not halved, and no space is left at the end.
    return coded[: length * _UNIT].decode(_UTF16, "ignore").rstrip()


def _choice(column: Column, value: CrmValue) -> CrmValue:
    # Where two of our words share a value, the first one reads back for both.
    stored = column.options.get(str(value))
    return value if stored is None else column.words[stored]


def _rounded(places: int) -> Callable[[Column, CrmValue], CrmValue]:
    unit = Decimal(1).scaleb(-places)

    def fit(_: Column, value: CrmValue) -> CrmValue:
        return value.quantize(unit, ROUND_HALF_EVEN) if isinstance(value, Decimal) else value

    return fit


def _second(_: Column, value: CrmValue) -> CrmValue:
    if not isinstance(value, datetime):
        return value
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return moment.replace(microsecond=0) if moment.microsecond else moment


_FITS: Mapping[FieldKind, Callable[[Column, CrmValue], CrmValue]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.CHOICE: _choice,
    FieldKind.DECIMAL: _rounded(NUMBER_PRECISION),
    FieldKind.MONEY: _rounded(MONEY_PRECISION),
    FieldKind.INSTANT: _second,
}
