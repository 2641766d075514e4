"""Records with an id, and how their plain fields are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

import strawberry

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def of_record(description: str | None = None, *, name: str | None = None) -> Any:
    """Declare a field that is read from the record which the type shows."""
    return strawberry.field(default=None, description=description, name=name)


def resolved(description: str) -> Callable[[Callable[..., T]], T]:
    """Declare a field that a method resolves, with a description for those who ask."""

    def declare(resolver: Callable[..., T]) -> T:
        return cast("T", strawberry.field(resolver, description=description))

    return declare


def followed(description: str) -> Callable[[Callable[..., T]], T]:
    """Declare a field of live updates, whose method yields what has changed."""

    def declare(resolver: Callable[..., T]) -> T:
        return cast("T", strawberry.subscription(resolver, description=description))

    return declare


def shown_by(source: Any) -> Any:
    """Return where plain fields are read: the record that a type shows, or a plain value itself."""
    return getattr(source, "record", source)


def read_field(source: Any, name: str) -> Any:
    """Read a plain field."""
    return getattr(shown_by(source), name)


@strawberry.interface
class Node:
    """Any record with an id."""

    id: UUID = of_record()
