"""Listings by page number, and the guards around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import AnswerUnreadable
from seatsync.sdk.paging import Page, numbered_pages


def read(*pages: Page[int]) -> list[list[int]]:
    return [list(items) for items in numbered_pages(lambda number: pages[number], "things")]


@given(st.lists(st.integers(), unique=True), st.integers(1, 7))
def test_every_item_is_read_once_and_in_order(items: list[int], size: int) -> None:
    total = -(-len(items) // size)

    def fetch(number: int) -> Page[int]:
        return Page(items[number * size : (number + 1) * size], total, len(items))

    assert [item for page in numbered_pages(fetch, "things") for item in page] == items


def test_a_page_without_a_count_is_the_only_one() -> None:
    assert read(Page([1, 2])) == [[1, 2]]


def test_an_empty_page_ends_the_listing() -> None:
    assert read(Page([1], 9), Page([], 9)) == [[1], []]


def test_an_empty_page_that_comes_too_early_is_refused() -> None:
    with pytest.raises(AnswerUnreadable, match="things ends after 1 of 9 records"):
        read(Page([1], 9, 9), Page([], 9, 9))


def test_pages_that_are_shorter_than_their_total_are_refused() -> None:
    with pytest.raises(AnswerUnreadable, match="things ends after 2 of 4 records"):
        read(Page([1], 2, 4), Page([2], 2, 4))


def test_a_page_that_repeats_is_refused() -> None:
    with pytest.raises(AnswerUnreadable, match="things repeats a page"):
        read(Page([1, 2], 3, 6), Page([1, 2], 3, 6))


def test_a_listing_that_does_not_end_is_refused() -> None:
    fetched: list[int] = []

    def fetch(number: int) -> Page[int]:
        fetched.append(number)
        return Page([number], number + 2, number + 2)

    with pytest.raises(AnswerUnreadable, match="things does not end"):
        for _ in numbered_pages(fetch, "things"):
            pass
    assert len(fetched) == 104


def test_a_page_is_read_again_when_the_total_shrinks() -> None:
    items = list(range(6))
    seen: set[int] = set()

    def fetch(number: int) -> Page[int]:
        if number == 1 and 0 in items:
            items.remove(0)
        return Page(items[number * 2 : number * 2 + 2], -(-len(items) // 2), len(items))

    for page in numbered_pages(fetch, "things"):
        seen.update(page)
    assert seen == {0, 1, 2, 3, 4, 5}


def test_nothing_is_fetched_before_it_is_asked_for() -> None:
    fetched: list[int] = []

    def fetch(number: int) -> Page[int]:
        fetched.append(number)
        return Page([number], 5)

    pages = numbered_pages(fetch, "things")
    assert fetched == []
    next(pages)
    assert fetched == [0]
