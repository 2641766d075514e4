"""The states of Stellr subscriptions, by what their words contain."""

from __future__ import annotations

from seatsync.domain.subscription import SubscriptionStatus

MARKS = (
    ("expire", SubscriptionStatus.EXPIRED),
    ("cancel", SubscriptionStatus.CANCELLED),
    ("inactiv", SubscriptionStatus.CANCELLED),
    ("discontinu", SubscriptionStatus.CANCELLED),
    ("terminat", SubscriptionStatus.CANCELLED),
    ("delete", SubscriptionStatus.DELETED),
    ("suspend", SubscriptionStatus.SUSPENDED),
    ("pending", SubscriptionStatus.PENDING),
    ("active", SubscriptionStatus.ACTIVE),
)
"""In this order: `Inactive` contains `active`. No list of statuses is public."""


def read_status(text: str) -> SubscriptionStatus:
    """Return the state of the first mark that a status contains; UNKNOWN for any other."""
    word = text.lower()
    return next((status for mark, status in MARKS if mark in word), SubscriptionStatus.UNKNOWN)
