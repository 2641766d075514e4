"""The simulated Partner Center, told in the agent's words what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.sdk.conformance.anatomy import Anatomy, Listing
from seatsync_partner_center.kind import AZURE_PLAN_PRODUCT
from seatsync_partner_center.simulator import Simulator

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.simulator import App

ANATOMY = Anatomy(
    customers=Listing(r"^/v1/customers(\?|$)", ("items",), names_next=True),
    subscriptions=Listing(r"^/v1/customers/[^/]+/subscriptions$", ("items",)),
    sign_in="/oauth2/",
    small_pages={"page_size": 2},
    active="active",
    ended="deleted",
)

_CYCLES = {
    BillingFrequency.MONTHLY: "monthly",
    BillingFrequency.ANNUAL: "annual",
    BillingFrequency.TRIENNIAL: "triennial",
}


class Demonstration:
    """A `SimulatedProvider` on top of the simulator; Partner Center knows no unit cost."""

    def __init__(self) -> None:
        """Start empty."""
        self.simulator = Simulator()

    @property
    def app(self) -> App:
        """The ASGI application that answers as Partner Center and Entra."""
        return self.simulator.app

    @property
    def anatomy(self) -> Anatomy:
        """Where things are in the answers."""
        return ANATOMY

    def settings(self, base_url: str) -> dict[str, Any]:
        """Return the settings that reach `app` at `base_url`."""
        return self.simulator.settings(base_url)

    def put_customer(self, customer: RemoteCustomer, *, refused: bool = False) -> None:
        """Add or replace a customer; a `refused` one is blocked by Conditional Access."""
        profile = {"domain": customer.domain} if customer.domain else {}
        self.simulator.add_customer(
            customer.name, customer_id=customer.external_id, companyProfile=profile
        )
        if refused:
            self.simulator.refuse_customer(customer.external_id)

    def put_subscription(self, subscription: RemoteSubscription) -> None:
        """Add or replace a subscription."""
        self.simulator.add_subscription(
            subscription.customer_external_id, subscription.quantity, **_fields(subscription)
        )


def _fields(subscription: RemoteSubscription) -> dict[str, Any]:
    is_usage = subscription.billing_type is BillingType.USAGE
    end = _spelled(subscription.commitment_ends_at)
    return {
        "id": subscription.external_id,
        "offerId": _offer(subscription),
        "offerName": subscription.product_name or subscription.name,
        "friendlyName": subscription.name,
        "status": subscription.provider_status,
        "billingType": "usage" if is_usage else "license",
        "billingCycle": _CYCLES.get(subscription.billing_frequency or BillingFrequency.MONTHLY),
        "termDuration": subscription.term or "",
        "isTrial": subscription.is_trial,
        "autoRenewEnabled": subscription.auto_renew,
        "effectiveStartDate": _spelled(subscription.starts_at),
        "commitmentEndDate": end,
        "commitmentEndDateTime": end,
        "parentSubscriptionId": subscription.parent_external_id,
    }


def _offer(subscription: RemoteSubscription) -> str:
    """Return an offer whose first two parts are the part number, as new commerce has it."""
    if subscription.billing_type is BillingType.USAGE:
        return f"{AZURE_PLAN_PRODUCT}:0001:EXAVAIL00002"
    part = subscription.part_number or subscription.name
    if part.count(":") == 1:
        return f"{part}:EXAVAIL00001"
    return str(uuid5(NAMESPACE_URL, f"partner-center-offer:{part}"))


def _spelled(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
