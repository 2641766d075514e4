"""A small simulated reseller with one of each quirk: what the cassettes are recorded from."""

from __future__ import annotations

from seatsync_stellr.simulator import Simulator

CUSTOMER_OF_NOBODY = "1"


def sample_reseller() -> Simulator:
    """Return a reseller of three customers, with subscriptions of every kind that was seen."""
    stellr = Simulator()
    bakery = stellr.add_customer("Example Bakery")
    garage = stellr.add_customer("Example Garage", status="Discontinued")
    stellr.add_customer("Example Harbour")
    stellr.add_subscription(bakery, 25)
    stellr.add_subscription(bakery, 3, billingFrequency="annual")
    stellr.add_subscription(bakery, 7, billingFrequency="one_time", productName="Example CAL")
    stellr.add_subscription(garage, 4, status="Discontinued")
    stellr.add_subscription(garage, 2, status="SomethingNew", renewalDate=None)
    stellr.add_subscription(garage, 2.5)
    stellr.state.is_on_cloud_path = True
    return stellr
