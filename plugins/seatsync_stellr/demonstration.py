"""The simulated Stellr, told in the agent's words what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.billing import BillingFrequency
from seatsync_stellr.simulator import Simulator

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.simulator import App

_FREQUENCIES = {
    BillingFrequency.MONTHLY: "month",
    BillingFrequency.QUARTERLY: "quarter",
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
        """The ASGI application that answers as Stellr."""
        return self.simulator.app

    def settings(self, base_url: str) -> dict[str, Any]:
        """Return the settings that reach `app` at `base_url`."""
        return self.simulator.settings(base_url)

    def put_customer(self, customer: RemoteCustomer, *, refused: bool = False) -> None:
        """Add or replace a customer; the subscriptions of a `refused` one are answered with 403."""
        self.simulator.add_customer(
            customer.name, customer_id=customer.external_id, domain=customer.domain
        )
        if refused:
            self.simulator.refuse_customer(customer.external_id)

    def put_subscription(self, subscription: RemoteSubscription) -> None:
        """Add or replace a subscription; usage cannot be told from licences here."""
        self.simulator.add_subscription(
            subscription.customer_external_id,
            subscription.quantity,
            subscriptionId=subscription.external_id,
            **_fields(subscription),
        )


def _fields(subscription: RemoteSubscription) -> dict[str, Any]:
    cost, frequency = subscription.unit_cost, subscription.billing_frequency
    return {
        "productName": subscription.product_name or subscription.name,
        "mfgPartNo": subscription.part_number,
        "skuNo": None,
        "status": subscription.provider_status,
        "term": subscription.term,
        "billingFrequency": _FREQUENCIES[frequency] if frequency else None,
        "startDate": _text(subscription.starts_at),
        "renewalDate": _text(subscription.commitment_ends_at),
        "unitPrice": float(cost.amount) if cost else None,
        "currency": cost.currency if cost else None,
    }


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
