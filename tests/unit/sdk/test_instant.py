"""Points in time as vendors spell them; the connectors' own tests have their spellings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from seatsync.sdk.instant import read_instant


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "0001-01-01", "0001-01-01T00:00:00"])
def test_a_date_that_was_never_set_is_none(text: str) -> None:
    assert read_instant(text) is None


def test_an_instant_is_given_in_utc() -> None:
    assert read_instant("2026-07-09T11:21:25.733-0400") == datetime(
        2026, 7, 9, 15, 21, 25, 733000, UTC
    )
