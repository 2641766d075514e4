"""Terms as Pax8 spells them: of commitments, and of billing."""

from __future__ import annotations

import re
from functools import lru_cache

from seatsync.domain.billing import BillingFrequency, BillingType

_COUNTED = re.compile(r"([1-9]\d{0,2})[- ]?(month|year)s?", re.IGNORECASE | re.ASCII)
_NAMED = {"monthly": "P1M", "annual": "P1Y", "annually": "P1Y", "yearly": "P1Y"}

_FREQUENCIES = {
    "P1M": BillingFrequency.MONTHLY,
    "P1Y": BillingFrequency.ANNUAL,
    "P3Y": BillingFrequency.TRIENNIAL,
}


@lru_cache
def read_term(text: str | None) -> str | None:
    """Return `1-Year`, `Monthly` and the like as an ISO 8601 duration; None if unknown."""
    spelled = (text or "").strip()
    counted = _COUNTED.fullmatch(spelled)
    if counted is None:
        return _NAMED.get(spelled.lower())
    return f"P{counted[1]}{counted[2][0].upper()}"


@lru_cache
def read_frequency(billing_term: str | None) -> BillingFrequency | None:
    """Return how often a billing term bills; None where our vocabulary has no word for it."""
    return _FREQUENCIES.get(read_term(billing_term) or "")


@lru_cache
def read_billing_type(billing_term: str | None) -> BillingType:
    """Return USAGE for the billing term `Arrears`, else LICENSE.

    `Arrears` is the term under which Pax8 invoices usage-based products (Pax8 OpenAPI,
    InvoiceItem). Nothing else on a subscription or a product tells that it is metered.
    """
    is_usage = (billing_term or "").strip().lower() == "arrears"
    return BillingType.USAGE if is_usage else BillingType.LICENSE


@lru_cache
def is_trial_term(billing_term: str | None) -> bool:
    """Tell whether a billing term is that of a trial."""
    return (billing_term or "").strip().lower() == "trial"
