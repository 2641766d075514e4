"""Recognising page by page must conclude what recognising record by record does."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from seatsync.domain.fingerprint import fingerprint
from seatsync.mirror.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Sequence

Page = tuple[bytes, ...]

RECORDS = [fingerprint(b"%d" % number) for number in range(13)]
"""Each two are versions of one thing that no digest of a page can tell apart."""

records = st.sampled_from(RECORDS)
pages = st.lists(records, max_size=4).map(tuple)


def digest_of(page: Page) -> bytes:
    return fingerprint(b"page", *(b"%d" % (RECORDS.index(one) // 2) for one in page))


def show(sightings: Sightings, page: Page) -> tuple[int, list[bytes]]:
    """Show a page as a run does; return how many records were recognised, and the fresh ones."""
    if sightings.recognise_page(digest_of(page), b"".join(page).__eq__):
        return len(page), []
    sightings.note_page(digest_of(page), page)
    known = sightings.recognise(frozenset(page))
    fresh = [one for one in page if one not in known and sightings.is_first(one)]
    return len(known), fresh


@st.composite
def whole_listings(draw: st.DrawFn) -> list[Page]:
    """Pages that hold each of their records once, as only such are remembered."""
    present = draw(st.lists(records, unique=True))
    cuts = draw(st.lists(st.integers(0, len(present)), max_size=4).map(sorted))
    bounds = [0, *cuts, len(present)]
    listing = [tuple(present[a:b]) for a, b in pairwise(bounds) if a < b]
    assume(len(set(map(digest_of, listing))) == len(listing))
    return listing


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Page], list[Page]]:
    """A remembered listing and the next one, which has pages of the first and others."""
    before = draw(whole_listings())
    page = st.one_of(st.sampled_from(before), pages) if before else pages
    return before, draw(st.lists(page, max_size=8))


@given(histories())
def test_pages_and_records_lead_to_the_same_conclusions(
    history: tuple[list[Page], list[Page]],
) -> None:
    before, after = history
    by_record = Sightings(record for page in before for record in page)
    by_page = Sightings(pages={digest_of(page): b"".join(page) for page in before})
    assert [show(by_page, page) for page in after] == [show(by_record, page) for page in after]
    assert by_page.unseen == by_record.unseen


@given(histories(), st.data())
def test_both_agree_on_what_was_listed_when_records_are_seen_changed(
    history: tuple[list[Page], list[Page]], data: st.DataObject
) -> None:
    before, after = history
    by_record = Sightings(record for page in before for record in page)
    by_page = Sightings(pages={digest_of(page): b"".join(page) for page in before})
    for page in after:
        assert show(by_page, page) == show(by_record, page)
        old = data.draw(records)
        by_page.see(old)
        by_record.see(old)
        asked = data.draw(records)
        assert by_page.was_listed(asked) == by_record.was_listed(asked)
    assert by_page.unseen == by_record.unseen


@given(histories())
def test_what_is_remembered_of_a_listing_is_just_what_it_showed(
    history: tuple[list[Page], list[Page]],
) -> None:
    before, after = history
    sightings = Sightings(pages={digest_of(page): b"".join(page) for page in before})
    for page in after:
        show(sightings, page)
    remembered = sightings.new_pages
    if remembered is not None:
        assert set(remembered) <= {digest_of(page) for page in after}
        assert sorted(b"".join(remembered.values())[i : i + 16] for i in _starts(remembered)) == (
            sorted({record for page in after for record in page})
        )


def _starts(remembered: object) -> Sequence[int]:
    assert isinstance(remembered, dict)
    return range(0, sum(map(len, remembered.values())), 16)


def test_a_listing_with_a_page_that_has_no_digest_is_not_remembered() -> None:
    sightings = Sightings()
    sightings.note_page(None, [fingerprint(b"1")])
    sightings.recognise(frozenset([fingerprint(b"1")]))
    assert sightings.new_pages is None


def test_a_listing_that_was_recognised_whole_need_not_be_remembered_again() -> None:
    page = (fingerprint(b"1"), fingerprint(b"2"))
    sightings = Sightings(pages={digest_of(page): b"".join(page)})
    assert sightings.recognise_page(digest_of(page), b"".join(page).__eq__)
    assert sightings.unseen == frozenset()
    assert sightings.new_pages is None
