"""Addresses: keys, literals and queries, and links that are taken as they come."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import AnswerUnreadable, BadInput
from seatsync_dataverse.odata import (
    FORBIDDEN_IN_KEYS,
    fits_a_key,
    key_path,
    literal,
    own_link,
    query,
    row_path,
)

if TYPE_CHECKING:
    from seatsync_dataverse.odata import Literal

ORIGINS = ("https://crm.example/api/data/v9.2", "https://crm.example")
PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))
IN_LINKS = "".join(sorted(set(PRINTABLE) - set('"<>#\\')))
"""What may stand in a link as it is: characters that are no part of any address left out."""

keys = st.text(min_size=1).filter(fits_a_key)


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("O'Neil", "'O''Neil'"),
        (7, "7"),
        (True, "true"),
        (None, "null"),
        (Decimal("312.50"), "312.50"),
        (Decimal("1E+3"), "1000"),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5, 12, tzinfo=UTC), "2026-01-05T12:00:00Z"),
    ],
)
def test_a_literal_is_spelled_as_filters_have_it(value: Literal, spelled: str) -> None:
    assert literal(value) == spelled


def test_an_instant_without_a_zone_is_no_literal() -> None:
    with pytest.raises(BadInput, match="time zone"):
        literal(datetime(2026, 1, 5))  # noqa: DTZ001 - that is the point


def test_a_row_is_addressed_by_its_id() -> None:
    assert row_path("things", UUID(int=1)) == "things(00000000-0000-0000-0000-000000000001)"


def test_a_key_of_several_columns_is_separated_by_commas() -> None:
    address = key_path("things", {"a": "x y", "b": 3, "_c_value": UUID(int=1)})
    assert address == "things(a='x%20y',b=3,_c_value=00000000-0000-0000-0000-000000000001)"


@given(keys)
def test_whatever_may_be_a_key_survives_the_address(value: str) -> None:
    address = key_path("things", {"a": value})
    assert address.isascii()
    sent = httpx.URL(f"https://crm.example/{address}").raw_path.decode()
    assert sent == f"/{address}"
    inside = unquote(sent).removeprefix("/things(a='").removesuffix("')")
    assert inside.replace("''", "'") == value


@given(keys, st.sampled_from(sorted(FORBIDDEN_IN_KEYS)), keys)
def test_a_character_that_no_key_may_hold_is_refused(left: str, bad: str, right: str) -> None:
    with pytest.raises(BadInput, match="must not be empty or hold"):
        key_path("things", {"a": left + bad + right})


@pytest.mark.parametrize("key", [{}, {"a": ""}, {"a": "line\nbreak"}])
def test_a_key_that_names_nothing_is_refused(key: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        key_path("things", key)


def test_a_query_leaves_out_what_is_not_asked_for() -> None:
    assert query("things", select=None, filter=None) == "things"


def test_a_query_encodes_values_and_keeps_what_reads_well() -> None:
    address = query("things", select="a,b", filter="a eq 'x & y+z'", tag="agent")
    assert address == "things?$select=a,b&$filter=a%20eq%20'x%20%26%20y%2Bz'&tag=agent"


@given(st.text())
def test_any_text_can_be_filtered_by(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    url = httpx.URL(f"https://crm.example/{query('things', filter=f'a eq {literal(text)}')}")
    raw = url.raw_path.decode().partition("$filter=")[2]
    assert unquote(raw) == f"a eq {literal(text)}"
    assert "&" not in raw


@given(st.text(alphabet=IN_LINKS))
def test_a_link_goes_out_byte_for_byte(rest: str) -> None:
    text = f"https://crm.example/api/data/v9.2/things?$skiptoken={rest}"
    assert (
        httpx.URL(own_link(text, ORIGINS)).raw_path.decode() == text[len("https://crm.example") :]
    )


@pytest.mark.parametrize(
    "text",
    [
        "https://elsewhere.example/things",
        "http://crm.example/things",
        "https://crm.example:8443/things",
        "https://crm.example@elsewhere.example/things",
        "//elsewhere.example/things",
        "things?$skiptoken=1",
        "",
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(text: str) -> None:
    with pytest.raises(AnswerUnreadable, match="leads elsewhere"):
        own_link(text, ORIGINS)


def test_a_link_with_a_line_break_is_none() -> None:
    with pytest.raises(AnswerUnreadable, match="no address"):
        own_link("https://crm.example/a\r\nHost: b", ORIGINS)
