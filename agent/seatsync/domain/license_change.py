"""The License Change rule: what is written when quantity, cost or activation changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from seatsync.domain.money import Money
    from seatsync.domain.subscription import SubscriptionStatus


class LicenseChangeEvent(StrEnum):
    """What kind of change a row of the License Change Log tells of."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    ACTIVATE = "ACTIVATE"
    DEACTIVATE = "DEACTIVATE"


class ProvisioningStatus(StrEnum):
    """How far a change has come at the provider; NOT_APPLICABLE for those made there."""

    AWAITING_PROVISIONING = "AWAITING_PROVISIONING"
    PROVISIONED = "PROVISIONED"
    FAILED_PROVISIONING = "FAILED_PROVISIONING"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class Holding:
    """What the rule looks at: seats, the cost of one, and the state."""

    quantity: int
    unit_cost: Money | None
    status: SubscriptionStatus


@dataclass(frozen=True, slots=True)
class LicenseDelta:
    """A change to be logged; all deltas of a subscription add up to its quantity."""

    event: LicenseChangeEvent
    quantity_delta: int
    quantity_after: int


@lru_cache
def initial_delta(quantity: int) -> LicenseDelta:
    """Return the first change of a subscription: its whole quantity."""
    return LicenseDelta(LicenseChangeEvent.CREATE, quantity, quantity)


def license_delta(old: Holding, new: Holding) -> LicenseDelta | None:
    """Return the change to log between two canonical states, or None when none is due."""
    delta = new.quantity - old.quantity
    if old.status.is_ended != new.status.is_ended:
        ended = new.status.is_ended
        event = LicenseChangeEvent.DEACTIVATE if ended else LicenseChangeEvent.ACTIVATE
        return LicenseDelta(event, delta, new.quantity)
    if delta or old.unit_cost != new.unit_cost:
        return LicenseDelta(LicenseChangeEvent.UPDATE, delta, new.quantity)
    return None


@dataclass(frozen=True, slots=True)
class LicenseChange:
    """One row of the License Change Log."""

    id: UUID
    subscription_id: UUID
    event: LicenseChangeEvent
    quantity_delta: int
    quantity_after: int
    unit_cost: Money | None
    effective_date: date
    provisioning_status: ProvisioningStatus
    archived: bool
    invoice_reference: str | None
    report_entry_id: UUID | None
    created_at: datetime
