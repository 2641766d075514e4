"""What the demo asks of a plug-in's simulator: customers and subscriptions, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.simulator import App


class SimulatedProvider(Protocol):
    """A vendor that is only played: it holds what it is told, and answers as the vendor does.

    Thread-safe: what it holds may change while it answers. What the vendor's API cannot
    express (such as a unit cost) is left out.
    """

    @property
    def app(self) -> App:
        """Return the ASGI application that answers as the vendor's API."""
        ...

    def settings(self, base_url: str) -> dict[str, Any]:
        """Return the plug-in's settings, as config.yaml has them, that reach `app` there."""
        ...

    def put_customer(self, customer: RemoteCustomer, *, refused: bool = False) -> None:
        """Add a customer, or replace it; one that is `refused` may not be read by the partner."""
        ...

    def put_subscription(self, subscription: RemoteSubscription) -> None:
        """Add a subscription, or replace it."""
        ...
