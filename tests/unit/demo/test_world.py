"""The demo's world: plainly made up, always the same, and never at a standstill."""

from __future__ import annotations

from seatsync.demo.cast import ON_DEMAND, SCHEDULED
from seatsync.demo.customers import CUSTOMERS, HOLDINGS, STORY_HOLDING
from seatsync.demo.world import LAST_PURCHASE, World
from seatsync.domain.billing import BillingType


def _held(world: World) -> dict[str, int]:
    return {one.external_id: one.quantity for _, one in world.holdings()}


def test_the_same_ticks_make_the_same_world() -> None:
    first, second = World(), World()
    for _ in range(50):
        assert first.advance() == second.advance()
    assert _held(first) == _held(second)


def test_something_happens_to_the_scheduled_provider_at_every_tick() -> None:
    world = World()
    for _ in range(200):
        assert any(event.provider_key == SCHEDULED for event in world.advance())


def test_the_storys_seats_change_at_once_and_then_hold_still_for_a_while() -> None:
    world = World()
    first = [event for event in world.advance() if event.provider_key == ON_DEMAND]
    assert [event.subscription.quantity for event in first] == [STORY_HOLDING.quantity + 2]
    later = [event for _ in range(40) for event in world.advance()]
    assert not [event for event in later if event.provider_key == ON_DEMAND]


def test_a_world_left_alone_stays_small_and_never_without_seats() -> None:
    world = World()
    for _ in range(LAST_PURCHASE):
        world.advance()
    size = len(_held(world))
    for _ in range(1000):
        world.advance()
    assert len(_held(world)) == size < 100
    assert min(_held(world).values()) >= 1


def test_every_domain_is_reserved_for_examples() -> None:
    assert all(customer.domain.endswith(".example") for customer in CUSTOMERS)


def test_the_customers_show_what_the_demo_promises() -> None:
    defaults = [[c.default for c in customer.contracts] for customer in CUSTOMERS]
    assert ["any", "usage"] in defaults
    assert ["any", "any"] in defaults
    assert [None] in defaults
    assert any(not customer.mapped for customer in CUSTOMERS)
    assert any(customer.refused for customer in CUSTOMERS)
    assert {one.product.billing_type for one in HOLDINGS} == set(BillingType)
