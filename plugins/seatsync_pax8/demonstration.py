"""The simulated Pax8, told in the agent's words what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.sdk.conformance.anatomy import Anatomy, Listing
from seatsync_pax8.simulator import Simulator

if TYPE_CHECKING:
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.simulator import App

ANATOMY = Anatomy(
    customers=Listing(r"^/v1/companies\?", ("content",), tells_total=True),
    subscriptions=Listing(r"^/v1/subscriptions\?.*companyId=", ("content",), tells_total=True),
    all_subscriptions=Listing(
        r"^/v1/subscriptions\?(?!.*companyId=)", ("content",), tells_total=True
    ),
    sign_in="^/v1/token$",
    small_pages={"page_size": 2},
)

_BILLING_TERMS = {
    BillingFrequency.MONTHLY: "Monthly",
    BillingFrequency.ANNUAL: "Annual",
    BillingFrequency.TRIENNIAL: "3-Year",
}


class Demonstration:
    """A `SimulatedProvider` on top of the simulator."""

    def __init__(self) -> None:
        """Start empty."""
        self.simulator = Simulator()

    @property
    def app(self) -> App:
        """The ASGI application that answers as Pax8."""
        return self.simulator.app

    @property
    def anatomy(self) -> Anatomy:
        """Where things are in the answers."""
        return ANATOMY

    def settings(self, base_url: str) -> dict[str, Any]:
        """Return the settings that reach `app` at `base_url`."""
        return dict(self.simulator.settings(base_url))

    def put_customer(self, customer: RemoteCustomer, *, refused: bool = False) -> None:
        """Add or replace a company; the subscriptions of a `refused` one are answered with 403."""
        website = f"https://{customer.domain}" if customer.domain else None
        self.simulator.add_company(customer.name, company_id=customer.external_id, website=website)
        if refused:
            self.simulator.refuse_company(customer.external_id)

    def put_subscription(self, subscription: RemoteSubscription) -> None:
        """Add or replace a subscription, and the product that it is of."""
        held, fields = self.simulator.state.subscriptions, _fields(subscription)
        if subscription.external_id in held:
            self.simulator.change_subscription(
                subscription.external_id, quantity=subscription.quantity, **fields
            )
            return
        self.simulator.add_subscription(
            subscription.customer_external_id,
            self._product(subscription),
            subscription.quantity,
            id=subscription.external_id,
            **fields,
        )

    def _product(self, subscription: RemoteSubscription) -> str:
        product_id = str(uuid5(NAMESPACE_URL, f"pax8-product:{subscription.part_number}"))
        if product_id in self.simulator.state.products:
            return product_id
        return self.simulator.add_product(
            subscription.name, product_id=product_id, vendorSku=subscription.part_number
        )


def _fields(subscription: RemoteSubscription) -> dict[str, Any]:
    cost = subscription.unit_cost
    return {
        "productName": subscription.product_name,
        "vendorSkuId": subscription.part_number,
        "status": subscription.provider_status,
        "billingTerm": _billing_term(subscription),
        "commitmentTerm": _commitment(subscription),
        "partnerCost": float(cost.amount) if cost else None,
        "currencyCode": cost.currency if cost else None,
        "startDate": subscription.starts_at.isoformat() if subscription.starts_at else None,
    }


def _billing_term(subscription: RemoteSubscription) -> str:
    if subscription.billing_type is BillingType.USAGE:
        return "Arrears"
    return _BILLING_TERMS.get(subscription.billing_frequency or BillingFrequency.MONTHLY, "Monthly")


def _commitment(subscription: RemoteSubscription) -> dict[str, Any] | None:
    if subscription.term is None:
        return None
    end = subscription.commitment_ends_at
    # An ISO 8601 duration such as P1Y; Pax8 spells it 1-Year.
    unit = "Year" if subscription.term.endswith("Y") else "Month"
    return {
        "term": f"{subscription.term[1:-1]}-{unit}",
        "endDate": end.date().isoformat() if end else None,
    }
