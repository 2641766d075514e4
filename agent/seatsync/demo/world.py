"""What happens at the simulated providers: a little, all the time, always the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from seatsync.demo.cast import SCHEDULED, remote
from seatsync.demo.customers import (
    ACADEMY,
    AIRLINES,
    BAKERY,
    CLINIC,
    HOLDINGS,
    LOGISTICS,
    METERED,
    MUSEUM,
    STORY_HOLDING,
    VAULT,
)
from seatsync.domain.billing import BillingType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.demo.cast import Customer, Product
    from seatsync.domain.subscription import RemoteSubscription

SEED = 20260101
STORY_EVERY = 45
"""Ticks between two seat changes of the story's subscription; the first comes at once."""
BUY_EVERY = 3
BUY_MORE_EVERY = 9
LAST_PURCHASE = 60
"""The tick after which nobody buys anything new, so that a demo left alone stays small."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a provider; `text` says it to a person."""

    provider_key: str
    subscription: RemoteSubscription
    text: str


class World:
    """What all customers hold at the providers, tick by tick; the same ticks, the same world."""

    def __init__(self) -> None:
        """Begin as the demo begins."""
        self.tick = 0
        self._held = {
            holding.external_id: (holding.customer, holding.remote) for holding in HOLDINGS
        }

    def holdings(self) -> Iterator[tuple[str, RemoteSubscription]]:
        """Yield provider key and subscription of everything that is held now."""
        for customer, subscription in self._held.values():
            yield customer.provider_key, subscription

    def advance(self) -> list[Event]:
        """Let the next thing happen, and return what it was."""
        self.tick += 1
        events = [self._change_seats(*self._chosen())]
        if self.tick % STORY_EVERY == 1:
            events.append(self._change_seats(STORY_HOLDING.external_id, 2))
        if self.tick <= LAST_PURCHASE:
            events += [self._buy(customer, product) for customer, product in self._purchases()]
        return events

    def _chosen(self) -> tuple[str, int]:
        dice = Random(SEED + self.tick)  # noqa: S311 - a story, not a secret
        seats = [external_id for external_id, held in self._held.items() if _is_lively(*held)]
        return dice.choice(seats), dice.choice((-1, 1, 2, 3))

    def _change_seats(self, external_id: str, delta: int) -> Event:
        customer, before = self._held[external_id]
        after = replace(before, quantity=max(1, before.quantity + delta))
        return self._put(customer, after, f"{before.quantity} -> {after.quantity} seats")

    def _purchases(self) -> Iterator[tuple[Customer, Product]]:
        if self.tick % BUY_EVERY == 0:
            yield from ((AIRLINES, VAULT), (MUSEUM, VAULT))
        if self.tick % BUY_MORE_EVERY == 0:
            yield from ((ACADEMY, VAULT), (BAKERY, METERED), (LOGISTICS, VAULT))

    def _buy(self, customer: Customer, product: Product) -> Event:
        bought = remote(customer, product, 1 + self.tick % 7, self.tick)
        return self._put(customer, bought, f"new, {bought.quantity} seats")

    def _put(self, customer: Customer, subscription: RemoteSubscription, what: str) -> Event:
        self._held[subscription.external_id] = (customer, subscription)
        text = f"{customer.name}: {subscription.name}, {what}"
        return Event(customer.provider_key, subscription, text)


def _is_lively(customer: Customer, subscription: RemoteSubscription) -> bool:
    """Tell whether seats may change by chance: of licences that the schedule keeps in step."""
    return (
        customer.provider_key == SCHEDULED
        and customer is not CLINIC
        and subscription.billing_type is BillingType.LICENSE
    )
