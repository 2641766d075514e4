"""Terms and billing cycles as ION spells them."""

from __future__ import annotations

import re

from seatsync.domain.billing import BillingFrequency, BillingType

_DURATION = re.compile(r"P[1-9]\d{0,2}[DMY]", re.ASCII)
_NAMED = {
    **dict.fromkeys(("MONTHLY", "MONTH"), "P1M"),
    **dict.fromkeys(("QUARTERLY", "QUARTER"), "P3M"),
    **dict.fromkeys(("ANNUAL", "ANNUALLY", "YEARLY", "YEAR"), "P1Y"),
    **dict.fromkeys(("TRIENNIAL", "TRIENNIALLY"), "P3Y"),
}
_FREQUENCIES = {
    "P1M": BillingFrequency.MONTHLY,
    "P3M": BillingFrequency.QUARTERLY,
    "P1Y": BillingFrequency.ANNUAL,
    "P3Y": BillingFrequency.TRIENNIAL,
}


def read_term(text: str | None) -> str | None:
    """Return `P1Y`, `annually` and the like as an ISO 8601 duration; None if unknown."""
    spelled = (text or "").strip().upper()
    return spelled if _DURATION.fullmatch(spelled) else _NAMED.get(spelled)


def read_frequency(cycle: str | None) -> BillingFrequency | None:
    """Return how often a billing cycle bills; None where our vocabulary has no word for it."""
    return _FREQUENCIES.get(read_term(cycle) or "")


def read_billing_type(text: str | None) -> BillingType:
    """Return USAGE for a billing type that names usage or consumption, else LICENSE."""
    word = (text or "").strip().lower()
    is_usage = any(mark in word for mark in ("usage", "consumption", "metered"))
    return BillingType.USAGE if is_usage else BillingType.LICENSE
