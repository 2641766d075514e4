"""Rules about pages that go wrong: a listing ends without a fault only if it was complete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seatsync.sdk.conformance.meddler import with_records
from seatsync.sdk.conformance.rule import Chapter, Inapplicable, Tier, require, require_same
from seatsync.sdk.simulator import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.sdk.conformance.bench import Bench, Walk
    from seatsync.sdk.conformance.meddler import Change

PAGES = Chapter("Pages")

ALWAYS = 1_000_000


@PAGES.rule(Tier.SILVER)
def a_repeated_page_is_noticed(bench: Bench) -> None:
    """A page that comes again in the place of the next one never ends a listing quietly."""
    for walk in _paged(bench):
        first, *others = _bodies(bench, walk)
        for number in range(len(others)):
            bench.meddler.tamper(walk.listing, number + 2, _instead(first))
        _read(bench, walk)


@PAGES.rule(Tier.SILVER)
def a_missing_page_is_noticed(bench: Bench) -> None:
    """A page that is not found never ends a listing quietly."""
    for walk in _paged(bench):
        bench.meddler.faults.plan(walk.listing.path, answers(404), nth=2, times=ALWAYS)
        _read(bench, walk)


@PAGES.rule(Tier.SILVER)
def pages_in_another_order_lose_nothing(bench: Bench) -> None:
    """Pages that come in each other's place lose no record, or the listing ends in a fault."""
    for walk in _paged(bench, total=True):
        first, second, *_ = _bodies(bench, walk)
        bench.meddler.tamper(walk.listing, 1, _instead(second))
        bench.meddler.tamper(walk.listing, 2, _instead(first))
        _read(bench, walk)


@PAGES.rule(Tier.SILVER)
def an_empty_page_is_noticed(bench: Bench) -> None:
    """A page without records in the middle is no end: the others come, or there is a fault."""
    for walk in _paged(bench, or_next=True, total=True):
        lost = frozenset() if walk.listing.tells_total else _second_page(bench, walk)
        bench.meddler.tamper(walk.listing, 2, with_records(walk.listing, lambda _: []))
        _read(bench, replace(walk, expected=walk.expected - lost))


@PAGES.rule(Tier.SILVER)
def a_truncated_page_is_noticed(bench: Bench) -> None:
    """A page with fewer records than were promised never ends a listing quietly."""
    for walk in _paged(bench, total=True):
        bench.meddler.tamper(walk.listing, 2, with_records(walk.listing, _without_last))
        _read(bench, walk)


@PAGES.rule(Tier.SILVER)
def a_record_that_comes_twice_is_no_fault(bench: Bench) -> None:
    """A record that has moved to the next page, and so comes twice, ends nothing."""
    for walk in _paged(bench):
        *_, before, _last = _bodies(bench, walk)
        page = _and_first(_records(walk, before)[-1])
        bench.meddler.tamper(walk.listing, bench.pages_of(walk), with_records(walk.listing, page))
        fault = _read(bench, walk)
        require_same(fault, None, f"{walk.what}, one of them twice")


def _paged(bench: Bench, *, total: bool = False, or_next: bool = False) -> Iterator[Walk]:
    """Yield the listings of several pages: all, or those with a total, `or_next` with links."""
    paged = [walk for walk in bench.walks() if bench.pages_of(walk) > 1]
    if not paged:
        raise Inapplicable("none of its listings has pages")
    told = {walk.what for walk in paged if walk.listing.tells_total or not total}
    told |= {walk.what for walk in paged if walk.listing.names_next and or_next}
    telling = [walk for walk in paged if walk.what in told]
    if not telling:
        raise Inapplicable("none of its listings tells its total")
    for walk in telling:
        bench.fresh()
        yield walk
    bench.fresh()


def _read(bench: Bench, walk: Walk) -> object:
    with bench.connected() as connector:
        return walk.outcome(connector)


def _second_page(bench: Bench, walk: Walk) -> frozenset[str]:
    """Return the ids on the second page of a listing while nothing goes wrong."""
    with bench.connected() as connector:
        _, second, *_ = walk.pages(connector)
        return frozenset(listed.read().external_id for listed in second)


def _bodies(bench: Bench, walk: Walk) -> list[bytes]:
    """Return the answers of a listing while nothing goes wrong."""
    bodies: list[bytes] = []

    def keep(body: bytes) -> bytes:
        bodies.append(body)
        return body

    bench.meddler.tamper(walk.listing, None, keep)
    _read(bench, walk)
    bench.fresh()
    require(len(bodies) > 1, f"{walk.what}: one answer only")
    return bodies


def _records(walk: Walk, body: bytes) -> list[Any]:
    found: list[Any] = []

    def keep(page: list[Any]) -> list[Any]:
        found.extend(page)
        return page

    with_records(walk.listing, keep)(body)
    return found


def _instead(body: bytes) -> Change:
    return lambda _: body


def _and_first(record: Any) -> Callable[[list[Any]], list[Any]]:
    return lambda page: [record, *page]


def _without_last(page: list[Any]) -> list[Any]:
    return page[:-1]
