"""How values are written, and whether a row holds what was written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import BadInput
from seatsync_dataverse.payload import encoded, row_decoder
from seatsync_dataverse.value import Reference, body_of, differing, holds, read_names

if TYPE_CHECKING:
    from seatsync_dataverse.value import Value

ONE, TWO = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
plain: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(st.characters(codec="utf-8")),
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
    ),
    st.uuids(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1753, 1, 1)).map(  # noqa: DTZ001
        lambda instant: instant.replace(microsecond=0)
    ),
)


def test_a_lookup_is_written_through_its_navigation_property() -> None:
    values: dict[str, Value] = {"demo_ownerid": Reference("demo_OwnerId", "accounts", ONE)}
    assert body_of(values) == {"demo_OwnerId@odata.bind": f"accounts({ONE})"}
    assert read_names(values) == ("_demo_ownerid_value",)


def test_a_lookup_is_cleared_by_binding_it_to_nothing() -> None:
    values: dict[str, Value] = {"demo_ownerid": Reference("demo_OwnerId", "accounts", None)}
    assert body_of(values) == {"demo_OwnerId@odata.bind": None}


def test_an_instant_is_written_in_utc_to_the_second() -> None:
    value = datetime(2026, 1, 5, 13, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    assert body_of({"at": value}) == {"at": "2026-01-05T12:00:00Z"}


def test_an_instant_without_a_zone_is_not_written() -> None:
    with pytest.raises(BadInput, match="time zone"):
        body_of({"at": NOON.replace(tzinfo=None)})


def test_money_is_written_digit_by_digit() -> None:
    assert encoded(body_of({"price": Decimal("0.10")})) == b'{"price":0.10}'


@given(st.dictionaries(st.text("abc", min_size=1), plain))
def test_a_row_that_was_written_holds_what_was_written(values: dict[str, Value]) -> None:
    row = row_decoder.decode(encoded(body_of(values)))
    assert holds(row, values)
    assert differing(values, row) == {}


@given(st.dictionaries(st.text("abc", min_size=1), plain, min_size=1), plain)
def test_a_column_that_the_row_lacks_differs(values: dict[str, Value], other: Value) -> None:
    assert differing({**values, "absent": other}, dict.fromkeys(values)).get("absent", 0) == other


@pytest.mark.parametrize(
    ("value", "stored", "same"),
    [
        (Decimal("312.50"), Decimal("312.5"), True),
        (Decimal(5), 5, True),
        (5, Decimal("5.0"), True),
        (Decimal("312.50"), Decimal("312.51"), False),
        (True, 1, False),
        (0, False, False),
        ("", None, True),
        (None, "", True),
        ("a", "A", False),
        (ONE, str(ONE).upper(), True),
        (ONE, str(TWO), False),
        (ONE, None, False),
        (NOON, "2026-01-05T12:00:00Z", True),
        (NOON + timedelta(microseconds=7), "2026-01-05T12:00:00Z", True),
        (NOON, "2026-01-05T13:00:00+01:00", True),
        (NOON, "2026-01-05T12:00:00", True),
        (NOON, "2026-01-05T12:00:01Z", False),
        (NOON, "noon", False),
        (NOON, None, False),
        (date(2026, 1, 5), "2026-01-05", True),
        (date(2026, 1, 5), "2026-01-05T00:00:00Z", True),
        (date(2026, 1, 5), "2026-01-06", False),
        (None, 0, False),
    ],
)
def test_values_are_compared_by_what_they_mean(value: Value, stored: Any, same: bool) -> None:  # noqa: FBT001
    assert holds({"column": stored}, {"column": value}) is same


@pytest.mark.parametrize(
    ("target", "stored", "same"),
    [(ONE, str(ONE), True), (ONE, str(TWO), False), (None, None, True), (None, str(ONE), False)],
)
def test_a_lookup_is_compared_by_its_target(
    target: UUID | None,
    stored: str | None,
    same: bool,  # noqa: FBT001
) -> None:
    values: dict[str, Value] = {"demo_ownerid": Reference("demo_OwnerId", "accounts", target)}
    assert holds({"_demo_ownerid_value": stored}, values) is same
