"""A product that changes, while the bytes of its subscriptions stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.mirror.sightings import Sightings
from seatsync.sync.batch import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_pax8.connector import Pax8Connector
    from seatsync_pax8.simulator import Simulator

    Connect = Callable[..., Pax8Connector]


def read(connector: Pax8Connector, sightings: Sightings) -> Reading:
    reading = Reading()
    for page in connector.all_subscriptions():
        reading.add_page(page, sightings)
    return reading


def test_the_subscriptions_of_a_renamed_product_are_read_again_and_no_others(
    connect: Connect, partner: Simulator
) -> None:
    company = partner.add_company("Example Bakery")
    for product in ("p-1", "p-1", "p-2"):
        partner.add_product(f"Example {product}", product_id=product)
        partner.add_subscription(company, product, 1)
    first = Sightings()
    assert read(connect(), first).fresh == 3
    again = read(connect(), Sightings(pages=first.new_pages))
    assert (again.recognised, again.fresh) == (3, 0)
    partner.add_product("Example Plus", product_id="p-1")
    renamed = read(connect(), Sightings(pages=first.new_pages))
    assert renamed.recognised == 1
    assert [record.product_name for record in renamed.records] == ["Example Plus"] * 2
