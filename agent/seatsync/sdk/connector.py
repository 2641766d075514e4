"""The contract between the agent and a provider's connector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatsync.domain.connectivity import ConnectivityCheck, Consent
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.sdk.listing import CustomerPage, SubscriptionPage


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider's API can do; the engine chooses its way of reading by these."""

    lists_all_subscriptions: bool = False
    """One scan lists the subscriptions of all customers: `all_subscriptions` is implemented."""
    includes_ended: bool = True
    """Cancelled and expired subscriptions stay in the listing."""
    knows_unit_costs: bool = False
    has_webhooks: bool = False
    readers: int = 4
    """How many customers may be read at the same time."""


class Connector(Protocol):
    """Reads one provider. Plain generators; called from worker threads, never the event loop.

    Every method may raise `PassingFault` (try again later), `StandingFault` (a person must
    act) or, for one customer, `CustomerError`. A generator that ends without an error has
    listed everything: only then does absence count.
    """

    def verify(self) -> Iterator[ConnectivityCheck]:
        """Yield the stages of Verify Connectivity, in order, after the configuration stage.

        token, consent, permission to list customers, one page of customers read. Nothing is
        changed, and nothing raised: a fault is the outcome of its stage, with a remedy.
        """
        ...

    def consents(self) -> Sequence[Consent]:
        """Return the consents this connection needs; empty where the provider has none."""
        ...

    def customers(self) -> Iterator[CustomerPage]:
        """Yield all customers, page by page."""
        ...

    def subscriptions(self, customer: RemoteCustomer) -> Iterator[SubscriptionPage]:
        """Yield all subscriptions of one customer, page by page."""
        ...

    def all_subscriptions(self) -> Iterator[SubscriptionPage]:
        """Yield the subscriptions of all customers; asked only if the capability is declared."""
        ...

    def close(self) -> None:
        """Give back connections; the connector is not used afterwards."""
        ...
