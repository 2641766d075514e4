"""Terms and billing frequencies of Stellr, some of them derived from a product's name."""

from __future__ import annotations

import re

from seatsync.domain.billing import BillingFrequency

_DURATION = re.compile(r"P[1-9]\d{0,2}[DMY]", re.ASCII)
_COUNTED = re.compile(r"([1-9]\d{0,2})[- ]?(month|year|yr)s?", re.ASCII)
_COMMIT = re.compile(
    r"\b(monthly|annual|triennial|\d{1,3}[- ]?(?:month|year|yr)s?)[- ]commit", re.ASCII
)
_NAMED = {
    **dict.fromkeys(("month", "monthly"), "P1M"),
    **dict.fromkeys(("quarter", "quarterly"), "P3M"),
    **dict.fromkeys(("annual", "annually", "year", "yearly"), "P1Y"),
    **dict.fromkeys(("triennial", "triennially"), "P3Y"),
}
_FREQUENCIES = {
    "P1M": BillingFrequency.MONTHLY,
    "P3M": BillingFrequency.QUARTERLY,
    "P1Y": BillingFrequency.ANNUAL,
    "P3Y": BillingFrequency.TRIENNIAL,
}


def read_duration(text: str | None) -> str | None:
    """Return `annual`, `1 Year` and the like as an ISO 8601 duration; None if unknown."""
    word = (text or "").strip().lower()
    if _DURATION.fullmatch(word.upper()):
        return word.upper()
    counted = _COUNTED.fullmatch(word)
    return f"P{counted[1]}{counted[2][0].upper()}" if counted else _NAMED.get(word)


def read_term(text: str | None, product_name: str | None) -> str | None:
    """Return the term; without one, what the product's name says of the commitment.

    No answer with a term was ever seen; names such as `… (Annual Commit, Monthly Bill)` were.
    """
    derived = _COMMIT.search((product_name or "").lower())
    return read_duration(text) or read_duration(derived[1] if derived else None)


def read_frequency(text: str | None) -> BillingFrequency | None:
    """Return how often it is billed; None where our vocabulary has no word for it."""
    return _FREQUENCIES.get(read_duration(text) or "")
