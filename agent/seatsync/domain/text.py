"""What people type in: names, keys, currencies, amounts; refused when it cannot be kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from seatsync.domain.money import Money
from seatsync.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 400
"""Characters; a database index takes no more than about 2,700 bytes."""

AMOUNT_LIMIT = Decimal(10) ** 9
"""Amounts below this keep all six decimal places in either database."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def required_text(text: str, *path: str) -> str:
    """Return `text` stripped; refuse it when blank, too long, or with control characters."""
    kept = optional_text(text, *path)
    if kept is None:
        raise invalid(f"{path[-1]} must not be blank", path)
    return kept


def optional_text(text: str | None, *path: str) -> str | None:
    """Return `text` stripped, None when blank; refuse it when it cannot be kept."""
    kept = (text or "").strip()
    if len(kept) > LONGEST:
        raise invalid(f"{path[-1]} must not be longer than {LONGEST} characters", path)
    if _UNPRINTABLE.search(kept):
        raise invalid(f"{path[-1]} must not hold control characters", path)
    return kept or None


def currency_code(text: str, *path: str) -> str:
    """Return an ISO 4217 code; refuse anything but three upper-case letters."""
    if not re.fullmatch("[A-Z]{3}", text):
        raise invalid(f"{path[-1]} must be three upper-case letters, as in ISO 4217", path)
    return text


def price(amount: Decimal, currency: str) -> Money:
    """Return what a customer pays; refuse an amount that cannot be kept exactly."""
    code = currency_code(currency, "currency")
    if not amount.is_finite() or not 0 <= amount < AMOUNT_LIMIT:
        raise invalid(f"amount must be from 0 to below {AMOUNT_LIMIT:f}", ("amount",))
    money = Money(amount, code).canonical()
    if money.amount != amount:
        raise invalid("amount must have no more than six decimal places", ("amount",))
    return money


def invalid(message: str, path: Sequence[str]) -> Refusal:
    """Return the refusal of an input that breaks a rule of its own."""
    return Refusal("INVALID_INPUT", message, path=path)


def is_storable(text: str) -> bool:
    """Tell whether both databases can compare with this text: no NUL and no lone surrogate."""
    return _UNSTORABLE.search(text) is None


def storable(text: str) -> str:
    """Return `text` with U+FFFD in the place of every character that no database keeps."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
