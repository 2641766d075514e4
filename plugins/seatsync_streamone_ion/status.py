"""The states of ION subscriptions, in our words."""

from __future__ import annotations

from seatsync.domain.subscription import SubscriptionStatus

_WORDS = {
    SubscriptionStatus.ACTIVE: "ACTIVE ENABLED AVAILABLE RUNNING COMPLETE CONFIRMED",
    SubscriptionStatus.PENDING: "PENDING INITIATED IN_PROGRESS ACCEPTED",
    SubscriptionStatus.SUSPENDED: "PAUSED SUSPENDED STOPPED DISABLED",
    SubscriptionStatus.CANCELLED: "CANCELLED",
    SubscriptionStatus.DELETED: "DELETED",
    SubscriptionStatus.EXPIRED: "EXPIRED",
    # What failed may be billed or not; only a person can tell.
    SubscriptionStatus.UNKNOWN: "ERROR FAILED",
}
STATUSES = {word: status for status, words in _WORDS.items() for word in words.split()}
"""The statuses of the ION OpenAPI."""


def read_status(text: str) -> SubscriptionStatus:
    """Return the state that a status stands for; UNKNOWN for any other.

    The OpenAPI has them in upper case, recorded answers in lower case.
    """
    return STATUSES.get(text.strip().upper(), SubscriptionStatus.UNKNOWN)
