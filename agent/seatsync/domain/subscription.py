"""A subscription: what a customer holds at a provider."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID


class SubscriptionStatus(StrEnum):
    """The normalised life-cycle state."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    DELETED = "DELETED"
    UNKNOWN = "UNKNOWN"

    @property
    def is_ended(self) -> bool:
        """Tell whether its seats no longer count; suspended ones may still be billed and count."""
        return self in _ENDED


_ENDED = frozenset(
    {SubscriptionStatus.EXPIRED, SubscriptionStatus.CANCELLED, SubscriptionStatus.DELETED}
)


class UnassignedReason(StrEnum):
    """Why a subscription has no billing contract."""

    SETTING_DISABLED = "SETTING_DISABLED"
    PROVIDER_ACCOUNT_UNMAPPED = "PROVIDER_ACCOUNT_UNMAPPED"
    NO_DEFAULT_CONTRACT = "NO_DEFAULT_CONTRACT"
    MULTIPLE_DEFAULT_CONTRACTS = "MULTIPLE_DEFAULT_CONTRACTS"
    DISCOVERED_BEFORE_SETTING = "DISCOVERED_BEFORE_SETTING"
    UNASSIGNED_BY_USER = "UNASSIGNED_BY_USER"


@dataclass(frozen=True, slots=True)
class RemoteSubscription:
    """What a provider says about one subscription, in our words: the provider-owned fields.

    `term` is an ISO 8601 duration such as `P1Y`; instants are aware; `unit_cost` is what the
    provider charges the partner for one unit, and None while unknown; `provider_note` tells
    what else the provider says, such as a change that is scheduled for the next term.
    """

    external_id: str
    customer_external_id: str
    name: str
    quantity: int
    status: SubscriptionStatus
    provider_status: str
    billing_type: BillingType = BillingType.LICENSE
    part_number: str | None = None
    product_name: str | None = None
    unit_type: str | None = None
    term: str | None = None
    billing_frequency: BillingFrequency | None = None
    is_trial: bool = False
    auto_renew: bool | None = None
    parent_external_id: str | None = None
    provider_note: str | None = None
    starts_at: datetime | None = None
    commitment_ends_at: datetime | None = None
    unit_cost: Money | None = None

    def canonical(self) -> RemoteSubscription:
        """Return the one spelling of this value, equal to what a database gives back.

        Text is stripped and empty text is absent; instants are in UTC; an ended subscription
        holds no seats, so that the license changes of a subscription add up to its quantity.
        """
        changed: dict[str, Any] = {
            name: spelled
            for (name, spell), before in zip(_SPELLINGS, _spelled_fields(self), strict=True)
            if before is not None and (spelled := spell(before)) is not before
        }
        if self.status.is_ended:
            changed["quantity"] = 0
        return replace(self, **changed) if changed else self


REMOTE_FIELDS = tuple(field.name for field in fields(RemoteSubscription))
"""Names of all provider-owned fields, in the order of the record."""


def _text(value: str) -> str | None:
    return value.strip() or None


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


_SPELLINGS: tuple[tuple[str, Callable[[Any], object]], ...] = (
    ("external_id", str.strip),
    ("customer_external_id", str.strip),
    ("name", str.strip),
    ("provider_status", str.strip),
    ("part_number", _text),
    ("product_name", _text),
    ("unit_type", _text),
    ("term", _text),
    ("parent_external_id", _text),
    ("provider_note", _text),
    ("starts_at", _utc),
    ("commitment_ends_at", _utc),
    ("unit_cost", Money.canonical),
)
"""How each field is spelled; a value that is spelled so already comes back as it is."""

_spelled_fields = attrgetter(*(name for name, _ in _SPELLINGS))


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as the mirror holds it: what the provider says, and what the CRM adds."""

    id: UUID
    provider_key: str
    provider_account_id: UUID
    account_id: UUID | None
    billing_contract_id: UUID | None
    unassigned_reason: UnassignedReason | None
    external_id: str
    name: str
    quantity: int
    status: SubscriptionStatus
    provider_status: str
    billing_type: BillingType
    part_number: str | None
    product_name: str | None
    unit_type: str | None
    term: str | None
    billing_frequency: BillingFrequency | None
    is_trial: bool
    auto_renew: bool | None
    parent_external_id: str | None
    provider_note: str | None
    starts_at: datetime | None
    commitment_ends_at: datetime | None
    unit_cost: Money | None
    unit_price: Money | None
    discovered_at: datetime
    last_synced_at: datetime
    missing_since: datetime | None
