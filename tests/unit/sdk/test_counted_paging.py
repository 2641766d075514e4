"""Listings that tell a total, walked to the end and guarded against not having one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import AnswerUnreadable
from seatsync.sdk import counted_paging
from seatsync.sdk.counted_paging import CountedPage, Place, counted_pages

if TYPE_CHECKING:
    from collections.abc import Callable


def listing(
    items: list[int], size: int, *, tells: bool = True
) -> Callable[[Place], CountedPage[int]]:
    def fetch(place: Place) -> CountedPage[int]:
        cut = items[place.offset : place.offset + size]
        return CountedPage(cut, len(items) if tells else None)

    return fetch


def read(fetch: Callable[[Place], CountedPage[int]]) -> list[int]:
    return [item for page in counted_pages(fetch, "things") for item in page]


@given(count=st.integers(0, 40), size=st.integers(1, 9), tells=st.booleans())
def test_every_item_comes_once_in_order(count: int, size: int, tells: bool) -> None:  # noqa: FBT001
    items = list(range(count))
    assert read(listing(items, size, tells=tells)) == items


def test_a_listing_that_tells_its_total_is_not_asked_for_an_empty_page() -> None:
    places: list[Place] = []

    def fetch(place: Place) -> CountedPage[int]:
        places.append(place)
        return listing([1, 2, 3, 4], 2)(place)

    read(fetch)
    assert places == [Place(0, 0), Place(1, 2)]


def test_a_page_that_repeats_ends_the_listing() -> None:
    with pytest.raises(AnswerUnreadable, match="the listing of things repeats a page"):
        read(lambda _: CountedPage([1, 2], 9))


def test_a_listing_that_ends_early_is_not_taken_for_complete() -> None:
    with pytest.raises(AnswerUnreadable, match="ends after 2 of 5 records"):
        read(lambda place: CountedPage([1, 2] if place.number == 0 else [], 5))


def test_a_promise_without_any_record_is_not_taken_for_complete() -> None:
    with pytest.raises(AnswerUnreadable, match="ends after 0 of 5 records"):
        read(lambda _: CountedPage([], 5))


def test_a_listing_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted_paging, "MOST_PAGES", 3)
    with pytest.raises(AnswerUnreadable, match="does not end"):
        read(lambda place: CountedPage([place.number]))


def test_what_moved_up_while_it_was_read_is_not_missed() -> None:
    items = list(range(10))

    def fetch(place: Place) -> CountedPage[int]:
        page = listing(items, 4)(place)
        if place.number == 0 and 0 in items:
            items.remove(0)
        return page

    assert set(read(fetch)) == set(range(10))
