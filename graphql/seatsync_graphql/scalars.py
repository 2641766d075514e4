"""The contract's scalars, and the one spelling of ids."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.schema.types.scalar import DEFAULT_SCALAR_REGISTRY

from seatsync.errors import BadInput

if TYPE_CHECKING:
    from strawberry.types.scalar import ScalarDefinition

_BAD_INPUT = {"code": BadInput.code}


def _read_instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise GraphQLError("an instant must have an offset, such as Z", extensions=_BAD_INPUT)
        return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise GraphQLError("this is not an ISO 8601 instant", extensions=_BAD_INPUT) from error


def _read_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise GraphQLError("this is not an ISO 8601 date", extensions=_BAD_INPUT) from error


def _read_decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise GraphQLError("this is not a decimal number", extensions=_BAD_INPUT) from error
    if not number.is_finite():
        raise GraphQLError("this is not a decimal number", extensions=_BAD_INPUT)
    return number


def _write_decimal(value: Decimal) -> str:
    return format(value, "f")


SCALARS: dict[object, ScalarDefinition] = {
    UUID: DEFAULT_SCALAR_REGISTRY[strawberry.ID],
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, ISO 8601 with offset.",
        serialize=datetime.isoformat,
        parse_value=_read_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar date, ISO 8601.",
        serialize=date.isoformat,
        parse_value=_read_date,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number, written as a string.",
        serialize=_write_decimal,
        parse_value=_read_decimal,
    ),
}
"""Ids leave as the text of a UUID; they arrive as text, for `identifier` to read."""


def identifier(value: str, name: str = "id") -> UUID:
    """Read an id; raise `BadInput` for what is not a UUID."""
    try:
        return UUID(value)
    except ValueError as error:
        raise BadInput(f"`{name}` must be a UUID") from error


def optional_identifier(value: str | None, name: str = "id") -> UUID | None:
    """Read an id that may be absent."""
    return identifier(value, name) if value else None
