"""What a caller gave: an absent field and null mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from strawberry import UNSET

from seatsync_graphql.scalars import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

T = TypeVar("T")


def given(value: T | None) -> T | None:
    """Return the value, or None if it is absent."""
    return None if value is UNSET else value


def given_id(value: str | None, name: str) -> UUID | None:
    """Read an id that may be absent; raise `BadInput` for what is not a UUID."""
    text = given(value)
    return None if text is None else identifier(text, name)


def identifiers(values: Iterable[str], name: str) -> list[UUID]:
    """Read a list of ids; raise `BadInput` for what is not a UUID."""
    return [identifier(value, name) for value in values]
