"""How a load is cut into messages, and what follows from one that failed as a whole; no effects."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from seatsync.errors import AnswerUnreadable, SeatsyncError
from seatsync_dataverse.errors import (
    CrmBusy,
    CrmUnreachable,
    DuplicateSuspected,
    RowChanged,
    RowExists,
    RowMissing,
    RowRefused,
    TooMuchAtOnce,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RowT = TypeVar("RowT")


class Next(Enum):
    """What to do with the rows of a message that failed as a whole."""

    SINGLY = "each row by itself, which tells what is there already"
    HALVES = "both halves: the rows around a bad one are good"
    SMALLER = "this one and all others in smaller messages"
    STOP = "the fault concerns every row"


_FOLLOWS: tuple[tuple[tuple[type[SeatsyncError], ...], Next], ...] = (
    ((RowExists, RowChanged, CrmBusy, AnswerUnreadable), Next.SINGLY),
    ((RowRefused, RowMissing, DuplicateSuspected), Next.HALVES),
    ((TooMuchAtOnce,), Next.SMALLER),
)


def after(fault: SeatsyncError) -> Next:
    """Return what follows from the fault of a message.

    A table without the bulk message answers as if the request were mistaken, so that goes on
    singly too, and stops with the first row if it is.
    """
    if isinstance(fault, CrmUnreachable) and fault.may_have_happened:
        return Next.SINGLY
    return next((then for kinds, then in _FOLLOWS if isinstance(fault, kinds)), Next.STOP)


class Parts(Generic[RowT]):
    """What is left of a load, in order, cut into messages of a size that may shrink."""

    def __init__(self, rows: Sequence[RowT], size: int) -> None:
        """Begin with messages of `size` rows."""
        self._left = [rows] if rows else []
        self._size = size

    def __iter__(self) -> Iterator[Sequence[RowT]]:
        while self._left:
            part = self._left.pop()
            if len(part) > self._size:
                self._left += [part[self._size :], part[: self._size]]
            else:
                yield part

    def put_back(self, part: Sequence[RowT], then: Next) -> None:
        """Take back a part of several rows, to come again as `then` says."""
        if then is Next.SINGLY:
            self._left += [part[place : place + 1] for place in reversed(range(len(part)))]
            return
        middle = len(part) // 2
        self._left += [part[middle:], part[:middle]]
        if then is Next.SMALLER:
            self._size = min(self._size, middle)
