"""Pages of long lists: which part is asked for, and opaque cursors that survive inserts."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from seatsync.domain.text import is_storable
from seatsync.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

DEFAULT_SIZE = 50
LARGEST_SIZE = 500

CURSOR_VERSION = 1
"""Raised whenever old cursors could be taken for something else."""


@dataclass(frozen=True, slots=True)
class Window:
    """Part of an ordered list: `size` records after or before a cursor, from one of its ends."""

    size: int = DEFAULT_SIZE
    backward: bool = False
    after: str | None = None
    before: str | None = None

    @classmethod
    def of(
        cls,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Window:
        """Read Relay's four arguments; raise `BadInput` for sizes outside 1 to 500, or both."""
        if first is not None and last is not None:
            raise BadInput("`first` and `last` cannot be given together")
        backward = last is not None or (first is None and after is None and before is not None)
        size = _size("last", last) if last is not None else _size("first", first)
        return cls(size, backward, after, before)


WHOLE = Window(size=10**9)
"""The whole of a list that is short by nature."""


def _size(name: str, value: int | None) -> int:
    if value is None:
        return DEFAULT_SIZE
    if not 1 <= value <= LARGEST_SIZE:
        raise BadInput(f"`{name}` must be from 1 to {LARGEST_SIZE}")
    return value


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The records of one window in list order; `count` counts the whole list.

    `cursor_at` makes the cursor of one of them, by its place in the page.
    """

    items: tuple[T, ...]
    cursor_at: Callable[[int], str]
    has_next: bool
    has_previous: bool
    count: Callable[[], int]

    @property
    def cursors(self) -> tuple[str, ...]:
        """The cursor of each record."""
        return tuple(map(self.cursor_at, range(len(self.items))))


def encode_cursor(order: str, key: tuple[str, ...]) -> str:
    """Return the opaque cursor of a record: where it stands in the order of that name."""
    text = json.dumps([CURSOR_VERSION, order, *key], separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(order: str, cursor: str, size: int) -> tuple[str, ...]:
    """Return the `size` texts of a cursor of that order; raise `BadInput` for anything else."""
    match _decoded(cursor):
        case [version, name, *key] if (
            type(version) is int
            and version == CURSOR_VERSION
            and name == order
            and len(key) == size
        ):
            return tuple(_storable(part) for part in key)
        case _:
            raise _not_a_cursor()


def _decoded(cursor: str) -> object:
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise _not_a_cursor() from error


def _storable(part: object) -> str:
    if not isinstance(part, str) or not is_storable(part):
        raise _not_a_cursor()
    return part


def _not_a_cursor() -> BadInput:
    return BadInput("this is not a cursor of this list")
