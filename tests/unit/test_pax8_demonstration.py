"""The demo's Pax8: what is put in is what the connector reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.money import Money
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.errors import CustomerError
from seatsync.sdk.context import ConnectorContext
from seatsync.sdk.simulator import served
from seatsync_pax8 import PLUGIN
from seatsync_pax8.demonstration import Demonstration

CUSTOMER = RemoteCustomer("c1", "Imaginary Bakery", "imaginary-bakery.example")
REFUSED = RemoteCustomer("c2", "Locked Door Clinic", "locked-door-clinic.example")
LICENCE = RemoteSubscription(
    external_id="s1",
    customer_external_id="c1",
    name="Cloud Office",
    quantity=12,
    status=SubscriptionStatus.ACTIVE,
    provider_status="Active",
    part_number="DEMO:0001",
    product_name="Cloud Office",
    term="P1Y",
    billing_frequency=BillingFrequency.MONTHLY,
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    commitment_ends_at=datetime(2027, 1, 1, tzinfo=UTC),
    unit_cost=Money(Decimal("9.4"), "USD"),
)
USAGE = RemoteSubscription(
    external_id="s2",
    customer_external_id="c1",
    name="Metered Compute",
    quantity=1,
    status=SubscriptionStatus.ACTIVE,
    provider_status="Active",
    billing_type=BillingType.USAGE,
    part_number="DEMO:0002",
    product_name="Metered Compute",
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def _read_all(pax8: Demonstration) -> list[RemoteSubscription]:
    with served(pax8.app) as base_url:
        settings = PLUGIN.settings.model_validate(pax8.settings(base_url))
        connector = PLUGIN.connect(settings, ConnectorContext("pax8"))
        pages = list(connector.all_subscriptions())
        connector.close()
    return [entry.read().canonical() for page in pages for entry in page]


@pytest.mark.parametrize("subscription", [LICENCE, USAGE])
def test_what_is_put_in_is_read_back(subscription: RemoteSubscription) -> None:
    pax8 = Demonstration()
    pax8.put_customer(CUSTOMER)
    pax8.put_subscription(subscription)
    assert _read_all(pax8) == [subscription.canonical()]


def test_what_is_put_in_again_replaces_what_was_there() -> None:
    pax8 = Demonstration()
    pax8.put_customer(CUSTOMER)
    pax8.put_subscription(LICENCE)
    pax8.put_subscription(USAGE)
    more = replace(LICENCE, quantity=15)
    pax8.put_subscription(more)
    assert _read_all(pax8) == [more.canonical(), USAGE.canonical()]


def test_a_refused_customer_is_listed_and_cannot_be_read() -> None:
    pax8 = Demonstration()
    pax8.put_customer(REFUSED, refused=True)
    with served(pax8.app) as base_url:
        settings = PLUGIN.settings.model_validate(pax8.settings(base_url))
        connector = PLUGIN.connect(settings, ConnectorContext("pax8"))
        (page,) = connector.customers()
        (customer,) = (entry.read() for entry in page)
        with pytest.raises(CustomerError):
            list(connector.subscriptions(customer))
        connector.close()
    assert customer == REFUSED
