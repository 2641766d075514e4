"""Refusing what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from seatsync.domain.text import invalid
from seatsync.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

T = TypeVar("T")

MOST_IDS = 10_000
"""A statement of SQLite takes some 32,000 parameters."""


def found(record: T | None, noun: str, name: object, *path: str) -> T:
    """Return the record; raise NOT_FOUND about `path` if there is none."""
    if record is None:
        raise Refusal("NOT_FOUND", f"there is no {noun} {name}", path=path)
    return record


def positions(ids: Collection[UUID], name: str) -> dict[UUID, tuple[str, str]]:
    """Return the path into the input of each id, once each, in the order they were given.

    Raises INVALID_INPUT for more ids than one statement takes.
    """
    if len(ids) > MOST_IDS:
        raise invalid(f"{name} must not be more than {MOST_IDS:,} at a time", (name,))
    paths: dict[UUID, tuple[str, str]] = {}
    for index, one in enumerate(ids):
        paths.setdefault(one, (name, str(index)))
    return paths


def taken(noun: str, name: object) -> Refusal:
    """Return the refusal of an id that a caller gave and that another record has."""
    return invalid(f"there is a {noun} {name} already", ("id",))
