"""Reading rows as the domain's frozen records, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from seatsync.domain.money import Money
from seatsync.mirror.codec import (
    decode_changes,
    decode_date,
    decode_decimal,
    decode_instant,
    decode_json,
    decode_uuid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from seatsync.mirror.database import Mirror

T = TypeVar("T")

Decode = Any
"""A function from a database value to ours; None leaves the value as it is."""


def optional(decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a decoder that lets NULL through."""
    return lambda value: None if value is None else decode(value)


UUID_ = decode_uuid
INSTANT = decode_instant
DATE = decode_date
DECIMAL = decode_decimal
JSON = decode_json
CHANGES = decode_changes
FLAG = bool


@lru_cache(maxsize=10_000, typed=True)
def money(amount: Any, currency: str | None) -> Money | None:
    """Decode the two columns of an amount; NULL in either is no amount."""
    if amount is None or currency is None:
        return None
    return Money(decode_decimal(amount), currency)


@dataclass(frozen=True, slots=True)
class RowReader(Generic[T]):
    """Reads one table (or join) into one record type.

    `columns` are SQL expressions in the order that `make` takes its arguments; `decoders`
    maps positions to functions. Everything else arrives as the driver gives it.
    """

    table: str
    columns: tuple[str, ...]
    decoders: Mapping[int, Callable[[Any], Any]]
    make: Callable[..., T]

    def read(
        self, mirror: Mirror, rest: str = "", params: Mapping[str, Any] | None = None
    ) -> list[T]:
        """Run `SELECT columns FROM table <rest>` and return the records."""
        sql = f"SELECT {', '.join(self.columns)} FROM {self.table} {rest}"  # noqa: S608
        return list(self.decode(mirror.rows(sql, params)))

    def decode(self, rows: Iterable[tuple[Any, ...]]) -> Iterable[T]:
        """Turn raw tuples, in the order of `columns`, into records."""
        columns: list[Sequence[Any]] = [*zip(*rows, strict=True)]
        if not columns:
            return ()
        for index, decode in self.decoders.items():
            columns[index] = _decoded(decode, columns[index])
        return map(self.make, *columns)


def _decoded(decode: Callable[[Any], Any], column: Sequence[Any]) -> list[Any]:
    """Decode a column, each value once however often it is in there: most are repeated."""
    try:
        known = {value: decode(value) for value in {*column}}
    except TypeError:  # what PostgreSQL's driver makes of JSON has no hash
        return [*map(decode, column)]
    return [*map(known.__getitem__, column)]
