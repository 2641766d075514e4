"""One spelling of what the CRM and the mirror may spell differently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.crm.canonical import canonical, told
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import FIELDS, FieldKind
from seatsync.domain.text import LONGEST

ACCOUNT, CONTRACT = CrmNoun.ACCOUNT, CrmNoun.BILLING_CONTRACT
SUBSCRIPTION = CrmNoun.SUBSCRIPTION
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("noun", "name", "value", "spelled"),
    [
        (ACCOUNT, "name", "  Aster Mills ", "Aster Mills"),
        (ACCOUNT, "name", " ", None),
        (ACCOUNT, "name", "A\x00B", "A\N{REPLACEMENT CHARACTER}B"),
        (ACCOUNT, "name", "x" * 500, "x" * LONGEST),
        (ACCOUNT, "domain", "www.Aster.example", "aster.example"),
        (ACCOUNT, "domain", "https://aster.example/a/b", "aster.example"),
        (ACCOUNT, "domain", "https://", None),
        (ACCOUNT, "domain", None, None),
        (CONTRACT, "currency", "eur ", "EUR"),
        (CONTRACT, "currency", "Euro", None),
        (CONTRACT, "is_default", None, False),
        (SUBSCRIPTION, "auto_renew", None, None),
        (SUBSCRIPTION, "unit_price_amount", Decimal("1.2300"), Decimal("1.23")),
        (SUBSCRIPTION, "unit_price_amount", Decimal("NaN"), None),
        (SUBSCRIPTION, "unit_cost_amount", Decimal("1.00000049"), Decimal(1)),
        (SUBSCRIPTION, "unit_cost_amount", Decimal("1E+20"), None),
        (SUBSCRIPTION, "starts_at", NOON.replace(microsecond=5), NOON),
        (SUBSCRIPTION, "starts_at", NOON.astimezone(timezone(timedelta(hours=2))), NOON),
        (SUBSCRIPTION, "quantity", 3, 3),
    ],
)
def test_values_have_one_spelling(noun: CrmNoun, name: str, value: Any, spelled: Any) -> None:
    assert canonical(noun, {name: value}) == {name: spelled}


def test_what_says_nothing_is_left_out() -> None:
    assert told(ACCOUNT, {"name": " ", "domain": None}) == {"domain": None}
    assert told(CONTRACT, {"currency": "?", "default_for": None}) == {"default_for": None}


_BY_KIND: dict[FieldKind, st.SearchStrategy[Any]] = {
    FieldKind.TEXT: st.text(max_size=20),
    FieldKind.LONG_TEXT: st.text(max_size=20),
    FieldKind.INTEGER: st.integers(),
    FieldKind.DECIMAL: st.decimals(),
    FieldKind.MONEY: st.decimals(),
    FieldKind.CURRENCY: st.text(max_size=4),
    FieldKind.FLAG: st.booleans(),
    FieldKind.CHOICE: st.sampled_from(["ACTIVE", "INACTIVE"]),
    FieldKind.INSTANT: st.datetimes(timezones=st.just(UTC)),
    FieldKind.DAY: st.dates(),
    FieldKind.REFERENCE: st.uuids(),
}


@given(noun=st.sampled_from(CrmNoun), data=st.data())
def test_a_spelling_is_spelled_so_already(noun: CrmNoun, data: st.DataObject) -> None:
    values = {one.name: data.draw(st.none() | _BY_KIND[one.kind]) for one in FIELDS[noun]}
    spelled = canonical(noun, values)
    assert canonical(noun, spelled) == spelled
