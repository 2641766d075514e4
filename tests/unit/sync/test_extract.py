"""Reading ahead on other threads: bounded, and gone when nobody wants it any more."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.errors import Cancelled, CustomerError, ProviderUnreachable
from seatsync.sdk.context import Control
from seatsync.sync.coverage import PASSING_FAULTS_IN_A_ROW, Coverage
from seatsync.sync.extract import (
    PAGES_AHEAD,
    RECORDS_AHEAD,
    Extraction,
    ListingEnded,
    PageRead,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE_S = 10


class Shelf:
    """Listings of numbered pages, which counts how many pages it has given."""

    def __init__(self) -> None:
        self.given = 0

    def read(
        self, owner: str, pages: int, fault: BaseException | None = None
    ) -> Iterator[Sequence[str]]:
        for number in range(pages):
            self.given += 1
            yield [f"{owner}/{number}"]
        if fault:
            raise fault

    def source(self, owner: str, pages: int, fault: BaseException | None = None) -> Source[str]:
        return Source(owner, partial(self.read, owner, pages, fault))


def readers() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("extract")]


@given(
    pages=st.lists(st.integers(0, 5), max_size=6),
    threads=st.integers(1, 4),
)
@settings(max_examples=30, deadline=None)
def test_every_page_arrives_once_in_its_listings_order_and_every_listing_ends(
    pages: list[int], threads: int
) -> None:
    shelf = Shelf()
    sources = [shelf.source(str(owner), count) for owner, count in enumerate(pages)]
    arrived: dict[str | None, list[str]] = {}
    ended = []
    for event in Extraction(sources, threads, Control()).events():
        if isinstance(event, PageRead):
            assert event.owner not in ended
            arrived.setdefault(event.owner, []).extend(event.records)
        else:
            assert event.is_complete
            ended.append(event.owner)
    assert sorted(filter(None, ended)) == [str(owner) for owner in range(len(pages))]
    for owner, count in enumerate(pages):
        assert arrived.get(str(owner), []) == [f"{owner}/{number}" for number in range(count)]
    assert readers() == []


def test_readers_are_never_far_ahead_of_who_applies() -> None:
    shelf = Shelf()
    sources = [shelf.source(str(owner), 1000) for owner in range(2)]
    with closing(Extraction(sources, 2, Control()).events()) as events:
        for taken in range(1, 20):
            next(events)
            time.sleep(0.002)
            assert shelf.given <= taken + PAGES_AHEAD + 2
    assert shelf.given < 40
    assert readers() == []


def test_a_fault_ends_its_own_listing_only() -> None:
    shelf = Shelf()
    fault = ProviderUnreachable("no answer")
    sources = [shelf.source("bad", 1, fault), shelf.source("good", 3)]
    ends = {
        event.owner: event.fault
        for event in Extraction(sources, 1, Control()).events()
        if isinstance(event, ListingEnded)
    }
    assert ends == {"bad": fault, "good": None}


@pytest.mark.parametrize("threads", [1, 2])
def test_a_page_that_cannot_be_looked_at_ends_its_own_listing_only(threads: int) -> None:
    shelf = Shelf()
    extraction = Extraction([shelf.source("bad", 3), shelf.source("good", 3)], threads, Control())
    fault = CustomerError("bad", "no consent")
    seen: list[str] = []

    def look(records: Sequence[str]) -> None:
        if "bad/1" in records:
            raise fault
        seen.extend(records)

    ends = [
        extraction.look_at(event, look) if isinstance(event, PageRead) else event
        for event in extraction.events()
    ]
    assert sorted(seen) == ["bad/0", "good/0", "good/1", "good/2"]
    told = [(end.owner, end.fault) for end in ends if end]
    assert len(told) == 2
    assert dict(told) == {"bad": fault, "good": None}


def test_who_was_cancelled_while_looking_at_a_page_is_told_so() -> None:
    control = Control()
    extraction = Extraction([Shelf().source("all", 2)], 1, control)

    def look(_: Sequence[str]) -> None:
        control.cancel("asked to stop")
        raise ProviderUnreachable("no answer")

    with closing(extraction.events()) as events:
        page = next(events)
        assert isinstance(page, PageRead)
        with pytest.raises(Cancelled, match="asked to stop"):
            extraction.look_at(page, look)


def test_what_breaks_a_reader_is_raised() -> None:
    sources = [Shelf().source("bad", 1, KeyError("quantity"))]
    with pytest.raises(KeyError):
        list(Extraction(sources, 2, Control()).events())
    assert readers() == []


def test_a_consumer_that_fails_stops_the_readers() -> None:
    shelf = Shelf()
    sources = [shelf.source(str(owner), 1000) for owner in range(4)]

    def consume() -> None:
        with closing(Extraction(sources, 4, Control()).events()) as events:
            next(events)
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        consume()
    assert readers() == []
    assert shelf.given < 40


def test_cancelling_stops_between_two_pages() -> None:
    control = Control()
    sources = [Shelf().source("all", 1000)]
    with closing(Extraction(sources, 1, control).events()) as events:
        next(events)
        control.cancel("asked to stop")
        with pytest.raises(Cancelled, match="asked to stop"):
            next(events)
    assert readers() == []


def ended(owner: str | None, fault: CustomerError | ProviderUnreachable | None) -> ListingEnded:
    return ListingEnded(owner, fault)


REFUSED = CustomerError("c", "no consent")
AWAY = ProviderUnreachable("no answer")


@given(st.lists(st.sampled_from([None, REFUSED, AWAY]), min_size=1, max_size=12))
def test_a_provider_is_down_when_customers_in_a_row_cannot_be_reached(
    faults: list[CustomerError | ProviderUnreachable | None],
) -> None:
    coverage = Coverage(len(faults))
    patience = min(PASSING_FAULTS_IN_A_ROW, len(faults))
    for number, fault in enumerate(faults, start=1):
        coverage.end(ended(str(number), fault))
        in_a_row = faults[max(0, number - patience) : number]
        is_down = len(in_a_row) == patience and all(one is AWAY for one in in_a_row)
        assert (coverage.fault is AWAY) is is_down
        assert coverage.covers(str(number)) is (fault is None)


def test_one_listing_of_everybody_covers_everybody() -> None:
    coverage = Coverage(1)
    coverage.end(ListingEnded(None))
    assert coverage.is_whole
    assert coverage.covers("anybody")


@pytest.mark.parametrize("doubt", [True, False])
def test_a_listing_in_doubt_covers_nobody(*, doubt: bool) -> None:
    coverage = Coverage(1, is_credible=doubt)
    if doubt:
        coverage.doubt(None)
    coverage.end(ListingEnded(None))
    assert coverage.is_empty
    assert not coverage.covers("anybody")


def test_a_single_listing_is_read_on_while_its_pages_are_applied() -> None:
    shelf = Shelf()
    extraction = Extraction([shelf.source("all", 10_000)], 1, Control())
    with closing(extraction.events()) as events:
        next(events)
        assert shelf.given == 1
        with extraction.reading_on():
            deadline = time.monotonic() + PATIENCE_S
            while shelf.given <= RECORDS_AHEAD:
                assert time.monotonic() < deadline
        arrived = [event for event in islice(events, 3) if isinstance(event, PageRead)]
    assert [page.records for page in arrived] == [["all/1"], ["all/2"], ["all/3"]]
    assert shelf.given == RECORDS_AHEAD + 1


def test_several_listings_need_nobody_to_read_on() -> None:
    extraction = Extraction([Shelf().source(str(one), 2) for one in range(3)], 2, Control())
    events = extraction.events()
    with closing(events), extraction.reading_on():
        assert len(list(events)) == 9
