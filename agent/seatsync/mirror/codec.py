"""How values cross the border between Python and each kind of database, in one place.

Inside the agent instants are aware and ids are UUIDs. Both databases store naive UTC;
SQLite keeps ids as 16 bytes and instants as text, in the spelling that Pony reads.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from seatsync.domain.change import FieldChange

_PLAIN = frozenset({str, int, bool, bytes, type(None)})
"""Types whose values every driver takes as they are; most values are of these."""

_INSTANT_LENGTH = len("2000-01-01 00:00:00.000000")


def naive_utc(value: datetime) -> datetime:
    """Return an aware instant as entities and databases want it; raise `ValueError` if naive."""
    if value.tzinfo is None:
        raise ValueError("an instant needs an offset: its UTC cannot be guessed")
    return value.astimezone(UTC).replace(tzinfo=None)


class PostgresCodec:
    """psycopg2 understands UUIDs, naive datetimes and decimals by itself."""

    def uuid(self, value: UUID | None) -> Any:
        """Encode an id."""
        return value

    def number(self, value: int) -> Any:
        """Encode an id that is told as a 128-bit number."""
        return UUID(int=value)

    def instant(self, value: datetime | None) -> Any:
        """Encode an aware instant as naive UTC; raise `ValueError` for a naive one."""
        return naive_utc(value) if value else None

    def decimal(self, value: Decimal | None) -> Any:
        """Encode an exact number."""
        return value

    def date(self, value: date) -> Any:
        """Encode a calendar date."""
        return value

    def encode(self, value: object) -> Any:
        """Encode a statement parameter of any type that the mirror stores."""
        if type(value) in _PLAIN:
            return value
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, list | tuple):
            return [self.encode(item) for item in value]
        return self._encode_one(value)

    def _encode_one(self, value: object) -> Any:
        match value:
            case UUID():
                return self.uuid(value)
            case datetime():
                return self.instant(value)
            case date():
                return self.date(value)
            case Decimal():
                return self.decimal(value)
            case _:
                return value


class SqliteCodec(PostgresCodec):
    """SQLite has no types for ids, instants and exact numbers."""

    def uuid(self, value: UUID | None) -> Any:
        """Encode an id as its 16 bytes."""
        return value.bytes if value else None

    def number(self, value: int) -> Any:
        """Encode an id that is told as a 128-bit number."""
        return value.to_bytes(16, "big")

    def instant(self, value: datetime | None) -> Any:
        """Encode an aware instant as text in naive UTC, always with microseconds."""
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value.isoformat(" ", "microseconds")[:_INSTANT_LENGTH]
        return naive_utc(value).isoformat(" ", "microseconds")

    def decimal(self, value: Decimal | None) -> Any:
        """Encode an exact number as its digits; the column keeps 15 of them exactly."""
        return None if value is None else _digits(value)

    def date(self, value: date) -> Any:
        """Encode a calendar date as text."""
        return value.isoformat()


@lru_cache(maxsize=4_096)
def _digits(value: Decimal) -> str:
    return format(value, "f")


def decode_uuid(value: Any) -> UUID:
    """Decode an id from either database."""
    if isinstance(value, UUID):
        return value
    if isinstance(value, bytes | memoryview):
        return UUID(int=int.from_bytes(value))  # half the time that its bytes would take
    return UUID(value)


def decode_instant(value: Any) -> datetime:
    """Decode naive UTC, as text or as a datetime, into an aware instant."""
    naive = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return naive.replace(tzinfo=UTC)


def decode_date(value: Any) -> date:
    """Decode a calendar date."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def decode_decimal(value: Any) -> Decimal:
    """Decode an exact number into its canonical spelling, without trailing zeros."""
    exact = (value if isinstance(value, Decimal) else Decimal(str(value))).normalize()
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def decode_json(value: Any) -> Any:
    """Decode a JSON column, which PostgreSQL's driver has decoded already."""
    return json.loads(value) if isinstance(value, str | bytes) else value


def encode_changes(changes: tuple[FieldChange, ...]) -> str:
    """Encode field changes as a compact JSON list of [field, old, new]."""
    if not changes:
        return "[]"
    return msgspec.json.encode([(c.field, c.old, c.new) for c in changes]).decode()


def decode_changes(value: str) -> tuple[FieldChange, ...]:
    """Decode what `encode_changes` made."""
    return tuple(FieldChange(*change) for change in json.loads(value))
