"""Listings that say how many records there are, but not how many pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from seatsync.errors import AnswerUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ItemT = TypeVar("ItemT")

MOST_PAGES = 10_000
_REMEDY = "Nothing was concluded from it; it is read again in the next run."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: its number, from 0, and how many records came before it."""

    number: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CountedPage(Generic[ItemT]):
    """One page as it was answered; `total` is None where the answer does not say."""

    items: Sequence[ItemT]
    total: int | None = None


def counted_pages(
    fetch: Callable[[Place], CountedPage[ItemT]], what: str
) -> Iterator[Sequence[ItemT]]:
    """Yield the items of every page, until all that were promised have come.

    Without a promise the first empty page is the end. When the total shrinks, what was behind a
    deleted record has moved up, perhaps onto the page before: that one is read again, so items
    may come twice. `what` names the listing in `AnswerUnreadable`, which is raised when a page
    repeats, when the pages do not end, and when they end before all that was promised came.
    """
    place, before_place = Place(), Place()
    before: CountedPage[ItemT] = CountedPage(())
    for _ in range(MOST_PAGES):
        page = fetch(place)
        if page.items and page.items == before.items:
            raise _refused(what, "repeats a page")
        yield page.items
        if _has_fewer(page, before):
            yield fetch(before_place).items
        before, before_place = page, place
        place = Place(place.number + 1, place.offset + len(page.items))
        if _is_last(page, place.offset, what):
            return
    raise _refused(what, "does not end")


def _is_last(page: CountedPage[ItemT], count: int, what: str) -> bool:
    if page.items:
        return page.total is not None and count >= page.total
    if page.total is not None and count < page.total:
        raise _refused(what, f"ends after {count} of {page.total} records")
    return True


def _has_fewer(page: CountedPage[ItemT], before: CountedPage[ItemT]) -> bool:
    if page.total is None or before.total is None:
        return False
    return page.total < before.total


def _refused(what: str, fault: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"the listing of {what} {fault}", remedy=_REMEDY)
