"""A small simulated account with one of each quirk: what the cassettes are recorded from."""

from __future__ import annotations

from datetime import UTC, datetime

from seatsync.sdk.context import Clock
from seatsync_streamone_ion.simulator import Simulator

CUSTOMER_OF_NOBODY = "1"
TENANT = "00000000-0000-4000-8000-00000000000a"


class StandingClock(Clock):
    """Stands still, so that lifetimes are always recorded the same."""

    def now(self) -> datetime:
        """Return always the same instant."""
        return datetime(2026, 1, 5, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        """Return always the same second."""
        return 0.0


def sample_account() -> Simulator:
    """Return an account of three customers, with subscriptions of every documented kind."""
    ion = Simulator(clock=StandingClock())
    bakery = ion.add_customer("Example Bakery")
    garage = ion.add_customer("Example Garage", customerStatus="INACTIVE")
    ion.add_customer("Example Harbour")
    ion.add_profile(bakery, TENANT, "bakery.example")
    ion.refuse_customer(CUSTOMER_OF_NOBODY)
    _add_ordinary(ion, bakery)
    _add_odd(ion, garage)
    return ion


def _add_ordinary(ion: Simulator, customer: str) -> None:
    ion.add_subscription(customer, 25)
    ion.add_subscription(customer, 1, isTrial=True, cost=0)
    ion.add_subscription(
        customer,
        0,
        subscriptionName="Azure Plan",
        subscriptionTotalLicenses=None,
        subscriptionBillingType="usage",
        mfgPartNumber=None,
    )


def _add_odd(ion: Simulator, customer: str) -> None:
    ion.add_subscription(customer, 7, subscriptionStatus="SUSPENDED")
    ion.add_subscription(customer, 4, subscriptionStatus="cancelled", autoRenew=None)
    ion.add_subscription(customer, 2, subscriptionStatus="SOMETHING_NEW")
    ion.add_subscription(customer, 3, subscriptionEndDate="0001-01-01T00:00:00Z", renewalDate=None)
    ion.add_subscription(customer, 0, subscriptionTotalLicenses="many")
