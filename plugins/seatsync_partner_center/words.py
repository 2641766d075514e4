"""The vocabularies of Partner Center, in our words; spelled in any case, with or without `_`."""

from __future__ import annotations

import re

from seatsync.domain.billing import BillingFrequency
from seatsync.domain.subscription import SubscriptionStatus

_TERM = re.compile(r"P[1-9]\d{0,2}[DMWY]")

STATUSES = {
    "active": SubscriptionStatus.ACTIVE,
    "pending": SubscriptionStatus.PENDING,
    "suspended": SubscriptionStatus.SUSPENDED,
    "expired": SubscriptionStatus.EXPIRED,
    # Neither used nor billed any more, and deleted after a while (subscription life cycle).
    "disabled": SubscriptionStatus.CANCELLED,
    "deleted": SubscriptionStatus.DELETED,
}

FREQUENCIES = {
    "monthly": BillingFrequency.MONTHLY,
    "quarterly": BillingFrequency.QUARTERLY,
    "annual": BillingFrequency.ANNUAL,
    "triennial": BillingFrequency.TRIENNIAL,
}


def word(text: str | None) -> str:
    """Return the one spelling of an enumeration's value: `one_time` and `OneTime` are the same."""
    return "".join(letter for letter in (text or "").lower() if letter.isalnum())


def read_status(text: str | None) -> SubscriptionStatus:
    """Return the life-cycle state, or UNKNOWN for any word that is not documented."""
    return STATUSES.get(word(text), SubscriptionStatus.UNKNOWN)


def read_frequency(text: str | None) -> BillingFrequency | None:
    """Return how often a billing cycle bills, or None where our vocabulary has no word for it."""
    return FREQUENCIES.get(word(text))


def read_term(text: str | None) -> str | None:
    """Return an ISO 8601 duration such as `P1Y`, or None where none is said."""
    spelled = (text or "").strip().upper()
    return spelled if _TERM.fullmatch(spelled) else None


def read_guid(text: str | None) -> str | None:
    """Return the one spelling of an id: legacy objects have upper-case ones, and both are mixed."""
    return (text or "").strip().lower() or None
