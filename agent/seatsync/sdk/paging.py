"""Listings that come in pages, with guards against providers that never finish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from seatsync.errors import AnswerUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ItemT = TypeVar("ItemT")

GROWTH = 2
SLACK_PAGES = 100
"""A listing may grow while it is read, but not beyond GROWTH times its first size plus these."""

_REMEDY = "Nothing was concluded from it; it is read again in the next run."


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """One page as it was answered; None where the answer does not say."""

    items: Sequence[ItemT]
    total_pages: int | None = None
    total_items: int | None = None


def numbered_pages(fetch: Callable[[int], Page[ItemT]], what: str) -> Iterator[Sequence[ItemT]]:
    """Yield the items of every page, asked for by number, from 0.

    A page that does not say how many there are is the only one; an empty page is the last.
    `what` names the listing in `AnswerUnreadable`, which is raised when a page repeats the one
    before it, when the pages do not end, and when they end before all that was promised came.
    """
    reading = _Reading[ItemT](what)
    number = 0
    while True:
        page = fetch(number)
        reading.admit(page)
        yield page.items
        if reading.shrank:
            # What was behind a deleted item moved up, perhaps onto the page before this one.
            yield fetch(number - 1).items
        number += 1
        if reading.ended_before(number):
            return


class _Reading(Generic[ItemT]):
    """What has been read of a listing, and whether that can still be trusted."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._count = 0
        self._ceiling: int | None = None
        self._page: Page[ItemT] | None = None
        self.shrank = False

    def admit(self, page: Page[ItemT]) -> None:
        before, self._page = self._page, page
        self._count += len(page.items)
        self.shrank = before is not None and _has_fewer(page, before)
        if before is not None and page.items and page.items == before.items:
            self._refuse("repeats a page")
        if self._ceiling is None and page.total_pages is not None:
            self._ceiling = GROWTH * page.total_pages + SLACK_PAGES

    def ended_before(self, number: int) -> bool:
        page = self._page
        if page is None or page.total_pages is None:
            return True
        if number >= page.total_pages or not page.items:
            self._require_all_of(page.total_items)
            return True
        if self._ceiling is not None and number >= self._ceiling:
            self._refuse("does not end")
        return False

    def _require_all_of(self, promised: int | None) -> None:
        if promised is not None and self._count < promised:
            self._refuse(f"ends after {self._count} of {promised} records")

    def _refuse(self, fault: str) -> None:
        raise AnswerUnreadable(f"the listing of {self._what} {fault}", remedy=_REMEDY)


def _has_fewer(page: Page[ItemT], before: Page[ItemT]) -> bool:
    if page.total_items is None or before.total_items is None:
        return False
    return page.total_items < before.total_items
