"""An exact amount in one currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

SCALE = Decimal("0.000001")
"""The smallest part of a currency unit that is kept; provider prices go to six places."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of an ISO 4217 currency, exact to six decimal places."""

    amount: Decimal
    currency: str

    def canonical(self) -> Money:
        """Return the one spelling of this value: no trailing zeros, upper-case currency."""
        amount, currency = _shortest(self.amount), self.currency.upper()
        if currency == self.currency and not amount.compare_total(self.amount):
            return self
        return Money(amount, currency)

    def __str__(self) -> str:
        """Spell amount and currency, such as `27.5 USD`."""
        return f"{self.amount:f} {self.currency}"


# A price list has few prices, and they stand in every record.
@lru_cache(maxsize=4_096)
def _shortest(amount: Decimal) -> Decimal:
    # Adding nothing makes zero of minus zero, which is equal to it but not spelled so.
    rounded = amount.quantize(SCALE, ROUND_HALF_EVEN) + 0
    whole = rounded.to_integral_value()
    return whole if rounded == whole else rounded.normalize()
