"""A small simulated partner with one of each quirk: what the cassettes are recorded from."""

from __future__ import annotations

from seatsync_partner_center.simulator import Simulator

CUSTOMER_OF_NOBODY = "00000000-0000-4000-8000-000000000000"
LEGACY_OFFER = "00000000-0000-4000-8000-00000000000A"


def sample_partner() -> Simulator:
    """Return a partner of three customers, with subscriptions of every documented kind."""
    partner = Simulator()
    bakery = partner.add_customer("Example Bakery")
    garage = partner.add_customer("Example Garage")
    harbour = partner.add_customer("Example Harbour")
    _add_new_commerce(partner, bakery)
    _add_legacy(partner, garage)
    _add_odd(partner, garage)
    partner.refuse_customer(harbour, 403, "900309", "Blocked by Conditional Access")
    return partner


def _add_new_commerce(partner: Simulator, customer: str) -> None:
    partner.add_subscription(customer, 25)
    partner.add_subscription(customer, 7, status="suspended")
    partner.add_subscription(
        customer,
        10,
        isTrial=True,
        scheduledNextTermInstructions={
            "product": {
                "productId": "EXSUITE00001",
                "skuId": "0001",
                "billingCycle": "Annual",
                "termDuration": "P1Y",
            },
            "quantity": 10,
        },
    )
    partner.add_subscription(
        customer,
        1,
        offerId="DZH318Z0BPS6:0001:EXAVAIL00002",
        billingType="usage",
        termDuration="",
        commitmentEndDate="9999-12-31T00:00:00Z",
        commitmentEndDateTime=None,
    )
    partner.add_subscription(
        customer, 1, billingType="benefit", billingCycle="one_time", unitType="Benefit"
    )


def _add_legacy(partner: Simulator, customer: str) -> None:
    legacy = {"offerId": LEGACY_OFFER, "productType": None, "commitmentEndDateTime": None}
    old = partner.add_subscription(customer, 4, **legacy)
    partner.add_subscription(customer, 4, migratedFromSubscriptionId=old.upper())
    partner.add_subscription(customer, 4, parentSubscriptionId=old, **legacy)
    partner.add_subscription(customer, 1, offerId="MS-AZR-0145P", billingType="usage")


def _add_odd(partner: Simulator, customer: str) -> None:
    partner.add_subscription(customer, 2, status="SomethingNew")
    partner.add_subscription(customer, 2.5)
