"""A billing contract: the container on an account that subscriptions are billed from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType


class ContractStatus(StrEnum):
    """Whether subscriptions may be put on a contract."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


@dataclass(frozen=True, slots=True)
class BillingContract:
    """A billing contract; `default_for` narrows its default flag to one billing type."""

    id: UUID
    name: str
    account_id: UUID
    is_default: bool
    default_for: BillingType | None
    billing_policy: BillingPolicy
    billing_frequency: BillingFrequency
    currency: str
    status: ContractStatus

    @property
    def is_landing(self) -> bool:
        """Tell whether new subscriptions may land here: a default, and active."""
        return self.is_default and self.status is ContractStatus.ACTIVE
