"""The life-cycle states of Pax8 subscriptions, in our words."""

from __future__ import annotations

from seatsync.domain.subscription import SubscriptionStatus

PENDING_CANCEL = "PendingCancel"
TRIAL = "Trial"

_STATUSES = {
    "Active": SubscriptionStatus.ACTIVE,
    "Activated": SubscriptionStatus.ACTIVE,
    TRIAL: SubscriptionStatus.ACTIVE,
    # It is billed until its end date comes.
    PENDING_CANCEL: SubscriptionStatus.ACTIVE,
    "PendingManual": SubscriptionStatus.PENDING,
    "PendingAutomated": SubscriptionStatus.PENDING,
    "PendingActivation": SubscriptionStatus.PENDING,
    "WaitingForDetails": SubscriptionStatus.PENDING,
    "Cancelled": SubscriptionStatus.CANCELLED,
    # A trial that was converted is replaced by another subscription.
    "Converted": SubscriptionStatus.CANCELLED,
}


def read_status(text: str | None) -> SubscriptionStatus:
    """Return the state that a status of the Pax8 OpenAPI stands for; UNKNOWN for any other."""
    return _STATUSES.get((text or "").strip(), SubscriptionStatus.UNKNOWN)
