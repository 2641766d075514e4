"""The simulated ION, told in the agent's words what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync_streamone_ion.simulator import Simulator

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.simulator import App

_CYCLES = {
    BillingFrequency.MONTHLY: "monthly",
    BillingFrequency.QUARTERLY: "quarterly",
    BillingFrequency.ANNUAL: "annual",
    BillingFrequency.TRIENNIAL: "triennial",
}


class Demonstration:
    """A `SimulatedProvider` on top of the simulator."""

    def __init__(self) -> None:
        """Start empty."""
        self.simulator = Simulator()

    @property
    def app(self) -> App:
        """The ASGI application that answers as ION."""
        return self.simulator.app

    def settings(self, base_url: str) -> dict[str, Any]:
        """Return the settings that reach `app` at `base_url`."""
        return self.simulator.settings(base_url)

    def put_customer(self, customer: RemoteCustomer, *, refused: bool = False) -> None:
        """Add or replace a customer; the subscriptions of a `refused` one are answered with 403."""
        self.simulator.add_customer(customer.name, customer_id=customer.external_id)
        if refused:
            self.simulator.refuse_customer(customer.external_id)

    def put_subscription(self, subscription: RemoteSubscription) -> None:
        """Add or replace a subscription."""
        self.simulator.add_subscription(
            subscription.customer_external_id,
            subscription.quantity,
            id=subscription.external_id,
            **_fields(subscription),
        )


def _fields(subscription: RemoteSubscription) -> dict[str, Any]:
    cost, end = subscription.unit_cost, subscription.commitment_ends_at
    is_usage = subscription.billing_type is BillingType.USAGE
    product = subscription.product_name
    return {
        "subscriptionName": subscription.name,
        "ccpProductInfo": {"skuDisplayName": product} if product else None,
        "mfgPartNumber": subscription.part_number,
        "subscriptionProductId": None,
        "subscriptionSkuId": None,
        "subscriptionStatus": subscription.provider_status,
        "subscriptionBillingType": "usage" if is_usage else "license",
        "subscriptionBillingCycle": _CYCLES.get(
            subscription.billing_frequency or BillingFrequency.MONTHLY
        ),
        "subscriptionBillingTerm": subscription.term,
        "isTrial": subscription.is_trial,
        "subscriptionStartDate": _text(subscription.starts_at),
        "subscriptionEndDate": _text(end),
        "renewalDate": _text(end),
        "cost": float(cost.amount) if cost else None,
        "currency": cost.currency if cost else None,
    }


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
