"""What people type in: kept as it is meant, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attempt import attempted
from seatsync.domain.money import Money
from seatsync.domain.text import LONGEST, currency_code, optional_text, price, required_text
from seatsync.errors import Refusal


@given(st.text(max_size=LONGEST + 5))
def test_text_is_kept_stripped_or_refused(text: str) -> None:
    kept = attempted(lambda: optional_text(text, "name"))
    if isinstance(kept, Refusal):
        assert (kept.code, kept.path) == ("INVALID_INPUT", ("name",))
        return
    assert kept == (text.strip() or None)
    assert "\0" not in (kept or "")
    (kept or "").encode()


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_required_text_must_not_be_blank(text: str) -> None:
    with pytest.raises(Refusal, match="must not be blank"):
        required_text(text, "name")


@given(st.text(max_size=4))
def test_a_currency_is_three_upper_case_letters_or_refused(text: str) -> None:
    code = attempted(lambda: currency_code(text, "currency"))
    if isinstance(code, Refusal):
        assert code.code == "INVALID_INPUT"
        return
    assert code == text
    assert len(code) == 3
    assert code.isascii()
    assert code.isupper()


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_price_is_kept_exactly_or_refused(amount: Decimal) -> None:
    kept = attempted(lambda: price(amount, "USD"))
    if isinstance(kept, Refusal):
        assert (kept.code, kept.path) == ("INVALID_INPUT", ("amount",))
        return
    assert kept.amount == amount
    assert kept == kept.canonical()


@given(st.integers(0, 10**15 - 1))
def test_every_amount_with_six_decimal_places_is_kept(millionths: int) -> None:
    amount = Decimal(millionths).scaleb(-6)
    assert price(amount, "EUR") == Money(amount, "EUR").canonical()
