"""The guard that keeps a broken answer from wiping a customer base."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.missing import exceeds_missing_threshold

COUNTS = st.integers(0, 1_000_000)
PERCENT = st.integers(0, 100)


@given(missing=st.integers(0, 10), known=COUNTS, percent=PERCENT)
def test_ten_may_always_go(missing: int, known: int, percent: int) -> None:
    assert not exceeds_missing_threshold(missing, known=known, threshold_percent=percent)


@given(known=COUNTS, share=st.floats(0, 1))
def test_one_hundred_percent_switches_it_off(known: int, share: float) -> None:
    missing = int(known * share)
    assert not exceeds_missing_threshold(missing, known=known, threshold_percent=100)


@given(missing=COUNTS, more=COUNTS, known=COUNTS, percent=PERCENT)
def test_more_missing_is_never_more_credible(
    missing: int, more: int, known: int, percent: int
) -> None:
    if exceeds_missing_threshold(missing, known=known, threshold_percent=percent):
        assert exceeds_missing_threshold(missing + more, known=known, threshold_percent=percent)


@pytest.mark.parametrize(
    ("missing", "known", "percent", "exceeds"),
    [(20, 100, 20, False), (21, 100, 20, True), (11, 11, 99, True), (11, 1000, 0, True)],
)
def test_the_share_itself_is_still_credible(
    missing: int, known: int, percent: int, *, exceeds: bool
) -> None:
    found = exceeds_missing_threshold(missing, known=known, threshold_percent=percent)
    assert found is exceeds
