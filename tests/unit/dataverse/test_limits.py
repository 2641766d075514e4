"""What a column holds of a value: the same however often it goes there and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import FieldKind
from seatsync_dataverse.cell import read_cell
from seatsync_dataverse.limits import fitted, host_of, kept
from seatsync_dataverse.mapped import shapes_for
from seatsync_dataverse.schema import OURS
from seatsync_dataverse.settings import TableNames
from seatsync_dataverse.simulator.attribute import column_of as simulated_column
from seatsync_dataverse.simulator.value import read_value
from seatsync_dataverse.value import instant_text

if TYPE_CHECKING:
    from seatsync.domain.crm import CrmValue
    from seatsync_dataverse.shape import Column

SUBSCRIPTION = OURS[CrmNoun.SUBSCRIPTION]
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=900)
VALUES: dict[FieldKind, st.SearchStrategy[CrmValue]] = {
    FieldKind.TEXT: TEXTS,
    FieldKind.INTEGER: st.integers(-(2**31), 2**31 - 1),
    FieldKind.DECIMAL: st.decimals(-(10**9), 10**9, allow_nan=False, places=6),
    FieldKind.MONEY: st.decimals(0, 10**9, allow_nan=False, places=6),
    FieldKind.FLAG: st.booleans(),
    FieldKind.INSTANT: st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001 - Hypothesis wants naive bounds
        datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
    ),
}
PLAIN = [
    column
    for column in SUBSCRIPTION.columns
    if column.field.kind in VALUES and not column.field.is_key
]


def shown(column: Column, value: CrmValue) -> object:
    """Return what the simulated CRM shows of a value that it was told."""
    told = instant_text(value) if isinstance(value, datetime) else value
    return read_value(simulated_column(_blueprint(column)), told, "syn_subscription")


def _blueprint(column: Column) -> dict[str, object]:
    from seatsync_dataverse.making import column_of  # noqa: PLC0415 - for this one function

    return column_of(column)


@given(st.data(), st.sampled_from(PLAIN))
def test_a_value_reads_back_as_what_was_kept_of_it(data: st.DataObject, column: Column) -> None:
    value = data.draw(VALUES[column.field.kind])
    held = fitted(column, value)
    assert read_cell(column, {column.read_name: shown(column, held)}) == held
    assert fitted(column, held) == held


@given(TEXTS)
def test_text_is_cut_to_what_fits_and_nothing_else_is_lost(text: str) -> None:
    held = fitted(SUBSCRIPTION.by_field["name"], text)
    if held is None:
        assert not text.strip()
        return
    assert text.strip().startswith(str(held))
    assert len(str(held).encode("utf-16-le")) <= 2 * 400


def test_a_character_of_two_units_is_not_halved() -> None:
    assert fitted(SUBSCRIPTION.by_field["unit_cost_currency"], "a" + "\N{ROCKET}" * 9) == (
        "a" + "\N{ROCKET}" * 4
    )


def test_a_key_is_never_cut() -> None:
    assert fitted(SUBSCRIPTION.by_field["external_id"], "x" * 1000) == "x" * 1000


def test_instants_lose_what_is_below_a_second_and_their_zone() -> None:
    zone = timezone(timedelta(hours=2))
    moment = datetime(2026, 1, 1, 1, 30, 15, 999_999, tzinfo=zone)
    held = fitted(SUBSCRIPTION.by_field["starts_at"], moment)
    assert held == datetime(2025, 12, 31, 23, 30, 15, tzinfo=UTC)


def test_a_currency_without_an_amount_is_empty() -> None:
    values: dict[str, CrmValue] = {"unit_price_amount": None, "unit_price_currency": "EUR"}
    assert kept(SUBSCRIPTION, values) == {"unit_price_amount": None, "unit_price_currency": None}
    assert kept(SUBSCRIPTION, {"unit_price_currency": "EUR"}) == {"unit_price_currency": "EUR"}
    assert kept(SUBSCRIPTION, {"unit_price_amount": Decimal("1.00005")}) == {
        "unit_price_amount": Decimal("1.0000"),
    }


def test_no_answer_is_no_but_where_nothing_is_an_answer() -> None:
    assert kept(SUBSCRIPTION, {"is_trial": None, "auto_renew": None}) == {
        "is_trial": False,
        "auto_renew": None,
    }


def test_words_that_share_a_value_are_kept_as_the_first() -> None:
    options = {"status": {"ACTIVE": 1, "CANCELLED": 2, "EXPIRED": 2}}
    names = TableNames.model_validate({"options": options})
    shape = shapes_for({"subscription": names})[CrmNoun.SUBSCRIPTION]
    assert kept(shape, {"status": "EXPIRED"}) == {"status": "CANCELLED"}
    assert kept(shape, {"status": "DELETED"}) == {"status": "DELETED"}


def test_fields_that_a_schema_lacks_are_left_out() -> None:
    names = TableNames.model_validate({"columns": {"term": None}})
    shape = shapes_for({"subscription": names})[CrmNoun.SUBSCRIPTION]
    assert kept(shape, {"term": "P1Y", "quantity": 1}) == {"quantity": 1}


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("https://www.bakery.example/about?x=1", "bakery.example"),
        ("Bakery.Example", "bakery.example"),
        ("http://shop.bakery.example:8080", "shop.bakery.example"),
        ("//bakery.example.", "bakery.example"),
        ("to be done", None),
        ("bakery", None),
        ("http://[bakery.example", None),
        ("", None),
    ],
)
def test_a_website_is_read_as_its_bare_host(typed: str, host: str | None) -> None:
    assert host_of(typed) == host
    assert kept(OURS[CrmNoun.ACCOUNT], {"domain": typed}) == {"domain": host}


@given(st.text(max_size=60))
def test_whatever_people_type_in_as_a_website_is_a_host_or_nothing(typed: str) -> None:
    host = host_of(typed)
    assert host is None or host_of(f"https://{host}") == host
