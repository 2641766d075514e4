from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.change import FieldChange
from seatsync.mirror.codec import (
    PostgresCodec,
    SqliteCodec,
    decode_changes,
    decode_date,
    decode_decimal,
    decode_instant,
    decode_json,
    decode_uuid,
    encode_changes,
)

if TYPE_CHECKING:
    from decimal import Decimal

EITHER = pytest.mark.parametrize("codec", [SqliteCodec(), PostgresCodec()])
offsets = st.builds(timezone, st.integers(-14 * 60, 14 * 60).map(lambda m: timedelta(minutes=m)))
instants = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=offsets,
)


@EITHER
@given(value=instants)
def test_an_instant_comes_back_as_the_same_instant_in_utc(
    codec: PostgresCodec, value: datetime
) -> None:
    found = decode_instant(codec.encode(value))
    assert found == value
    assert found.tzinfo is UTC


@given(first=instants, second=instants)
def test_the_texts_of_instants_sort_as_they_do(first: datetime, second: datetime) -> None:
    codec = SqliteCodec()
    assert (codec.instant(first) < codec.instant(second)) == (first < second)


@EITHER
def test_an_instant_without_an_offset_is_refused_not_guessed(codec: PostgresCodec) -> None:
    with pytest.raises(ValueError, match="offset"):
        codec.encode(datetime(2026, 1, 1))  # noqa: DTZ001


@EITHER
@given(value=st.dates())
def test_a_date_comes_back(codec: PostgresCodec, value: date) -> None:
    assert decode_date(codec.encode(value)) == value


@EITHER
@given(value=st.uuids())
def test_an_id_comes_back(codec: PostgresCodec, value: object) -> None:
    encoded = codec.encode(value)
    assert decode_uuid(encoded) == value
    assert decode_uuid(memoryview(encoded) if isinstance(encoded, bytes) else encoded) == value


@EITHER
@given(value=st.decimals(-(10**12), 10**12, places=6))
def test_an_amount_comes_back_in_its_canonical_spelling(
    codec: PostgresCodec, value: Decimal
) -> None:
    found = decode_decimal(codec.encode(value))
    assert found == value
    assert "E" not in str(found)
    assert str(found) == "0" or not (str(found).endswith("0") and "." in str(found))


@given(value=st.decimals(-999_999_999, 999_999_999, places=6))
def test_what_sqlite_keeps_as_a_float_is_still_exact(value: Decimal) -> None:
    assert decode_decimal(float(SqliteCodec().decimal(value))) == value


@given(st.lists(st.builds(FieldChange, st.text(), st.none() | st.text(), st.none() | st.text())))
def test_field_changes_come_back(changes: list[FieldChange]) -> None:
    assert decode_changes(encode_changes(tuple(changes))) == tuple(changes)


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text()))
def test_json_is_decoded_whether_or_not_the_driver_did(value: dict[str, object]) -> None:
    assert decode_json(json.dumps(value)) == decode_json(value) == value


@EITHER
def test_what_needs_no_encoding_is_left_alone(codec: PostgresCodec) -> None:
    values = [None, True, 0, 2**62, "", "text", b"\0"]
    assert codec.encode(values) == values
