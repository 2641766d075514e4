"""Who is in the demo: fictional customers, their contracts, and what they hold at the providers.

All ids are fixed, so that the story can name them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.money import Money
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus

if TYPE_CHECKING:
    from decimal import Decimal

NAMESPACE = UUID("c1a5b7f2-9d3e-5c48-8f61-2b7d90e4a613")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

SCHEDULED = "pax8-us"
"""The provider that the schedule syncs every minute."""
ON_DEMAND = "pax8-eu"
"""The provider that is synced only when somebody asks."""


def demo_id(name: str) -> UUID:
    """Return the fixed id of whatever has this name in the demo."""
    return uuid5(NAMESPACE, name)


@dataclass(frozen=True, slots=True)
class Contract:
    """A billing contract of the demo; `default` is "any", "usage" or None for no default."""

    name: str
    default: str | None = None
    policy: BillingPolicy = BillingPolicy.ADVANCE

    @property
    def id(self) -> UUID:
        """The contract's id in the CRM."""
        return demo_id(f"contract:{self.name}")

    @property
    def default_for(self) -> BillingType | None:
        """The billing type that its default flag is narrowed to."""
        return BillingType.USAGE if self.default == "usage" else None


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, in the CRM and at one provider."""

    name: str
    domain: str
    provider_key: str = SCHEDULED
    contracts: tuple[Contract, ...] = ()
    mapped: bool = True
    refused: bool = False

    @property
    def account_id(self) -> UUID:
        """The account's id in the CRM."""
        return demo_id(f"account:{self.domain}")

    @property
    def external_id(self) -> str:
        """The provider's own id of the customer."""
        return str(demo_id(f"company:{self.domain}"))

    @property
    def remote(self) -> RemoteCustomer:
        """The customer as its provider lists it."""
        return RemoteCustomer(self.external_id, self.name, self.domain)


@dataclass(frozen=True, slots=True)
class Product:
    """Something that is sold by the seat, or metered."""

    name: str
    part_number: str
    cost: Decimal
    billing_type: BillingType = BillingType.LICENSE


@dataclass(frozen=True, slots=True)
class Holding:
    """What a customer holds at its provider when the demo begins, and its contract if any."""

    customer: Customer
    product: Product
    quantity: int
    contract: Contract | None = None

    @property
    def external_id(self) -> str:
        """The provider's own id of the subscription."""
        return subscription_id(self.customer, self.product, 0)

    @property
    def remote(self) -> RemoteSubscription:
        """The subscription as its provider lists it."""
        return remote(self.customer, self.product, self.quantity, 0)


def subscription_id(customer: Customer, product: Product, number: int) -> str:
    """Return the provider's own id; `number` tells one customer's equal subscriptions apart."""
    return str(demo_id(f"subscription:{customer.domain}:{product.part_number}:{number}"))


def remote(customer: Customer, product: Product, quantity: int, number: int) -> RemoteSubscription:
    """Return a subscription as the customer's provider lists it."""
    metered = product.billing_type is BillingType.USAGE
    return RemoteSubscription(
        external_id=subscription_id(customer, product, number),
        customer_external_id=customer.external_id,
        name=product.name,
        quantity=quantity,
        status=SubscriptionStatus.ACTIVE,
        provider_status="Active",
        billing_type=product.billing_type,
        part_number=product.part_number,
        product_name=product.name,
        term=None if metered else "P1Y",
        billing_frequency=None if metered else BillingFrequency.MONTHLY,
        starts_at=SINCE,
        commitment_ends_at=None if metered else SINCE.replace(year=SINCE.year + 1),
        unit_cost=Money(product.cost, "USD"),
    )
