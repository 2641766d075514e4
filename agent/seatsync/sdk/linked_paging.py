"""Listings whose pages name the next one, with guards against listings that never finish."""

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
class Link:
    """Where a page is, and every header that must be sent along."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkedPage(Generic[ItemT]):
    """One page as it was answered, with the link to the next one, or None for the last."""

    items: Sequence[ItemT]
    next: Link | None = None


class LinkExpired(Exception):
    """The provider does not know a link any more, in the middle of a walk."""


def linked_pages(
    fetch: Callable[[Link], LinkedPage[ItemT]], first: Link, what: str
) -> Iterator[Sequence[ItemT]]:
    """Yield the items of every page, from `first` on.

    When `fetch` raises `LinkExpired`, the walk begins again, once: items come twice then, so
    whoever reads them tells them apart by their ids. `what` names the listing in
    `AnswerUnreadable`, which is raised when a link or a page repeats, when the pages do not
    end, and when a link expires again.
    """
    try:
        yield from _walk(fetch, first, what)
    except LinkExpired:
        try:
            yield from _walk(fetch, first, what)
        except LinkExpired as again:
            raise _refused(what, "lost its place twice") from again


def _walk(
    fetch: Callable[[Link], LinkedPage[ItemT]], first: Link, what: str
) -> Iterator[Sequence[ItemT]]:
    seen = {first}
    before: Sequence[ItemT] = ()
    link = first
    for _ in range(MOST_PAGES):
        page = fetch(link)
        if page.items and page.items == before:
            raise _refused(what, "repeats a page")
        yield page.items
        if page.next is None:
            return
        if page.next in seen:
            raise _refused(what, "goes round in a circle")
        link, before = page.next, page.items
        seen.add(link)
    raise _refused(what, "does not end")


def _refused(what: str, fault: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"the listing of {what} {fault}", remedy=_REMEDY)
