"""Pages that name the next one, and listings that never finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.errors import AnswerUnreadable
from seatsync.sdk.linked_paging import Link, LinkedPage, LinkExpired, linked_pages

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = Link("/1")


def _fetch(pages: dict[str, LinkedPage[int]]) -> Callable[[Link], LinkedPage[int]]:
    return lambda link: pages[link.url]


def test_pages_are_followed_to_the_one_without_a_link() -> None:
    pages = {"/1": LinkedPage([1, 2], Link("/2")), "/2": LinkedPage([3])}
    assert list(linked_pages(_fetch(pages), FIRST, "things")) == [[1, 2], [3]]


def test_the_same_address_with_another_header_is_another_page() -> None:
    second = Link("/1", (("token", "b"),))

    def fetch(link: Link) -> LinkedPage[int]:
        return LinkedPage([2]) if link == second else LinkedPage([1], second)

    assert list(linked_pages(fetch, FIRST, "things")) == [[1], [2]]


def test_a_link_that_comes_again_ends_the_listing() -> None:
    pages = {"/1": LinkedPage([1], Link("/2")), "/2": LinkedPage([2], Link("/1"))}
    with pytest.raises(AnswerUnreadable, match="the listing of things goes round in a circle"):
        list(linked_pages(_fetch(pages), FIRST, "things"))


def test_a_page_that_repeats_ends_the_listing() -> None:
    def fetch(link: Link) -> LinkedPage[int]:
        return LinkedPage([1], Link(f"{link.url}1"))

    with pytest.raises(AnswerUnreadable, match="repeats a page"):
        list(linked_pages(fetch, FIRST, "things"))


def test_a_listing_without_an_end_is_given_up() -> None:
    def fetch(link: Link) -> LinkedPage[int]:
        number = int(link.url[1:])
        return LinkedPage([number], Link(f"/{number + 1}"))

    with pytest.raises(AnswerUnreadable, match="does not end"):
        list(linked_pages(fetch, FIRST, "things"))


def test_a_link_that_expires_lets_the_walk_begin_again_once() -> None:
    expirations = [LinkExpired()]

    def fetch(link: Link) -> LinkedPage[int]:
        if link != FIRST and expirations:
            raise expirations.pop()
        return LinkedPage([2]) if link != FIRST else LinkedPage([1], Link("/2"))

    assert list(linked_pages(fetch, FIRST, "things")) == [[1], [1], [2]]
