"""Where a customer's subscriptions are: one of two paths, and which of them is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from seatsync.sdk.context import StateStore

CUSTOMERS = "/api/v1/cloud/customers"
DOCUMENTED = "/api/v1/customers/{customer}/subscriptions"
CLOUD = "/api/v1/cloud/customers/{customer}/subscriptions"
"""Integrators document the first; a client has a neighbour of the second in its code."""

STATE_NAME = "subscriptions-path"


class SubscriptionPaths:
    """Both paths, the one that worked last time first."""

    def __init__(self, state: StateStore) -> None:
        """Remember in `state`."""
        self._state = state
        self._worked: str | None = None

    def of(self, customer_id: str) -> tuple[tuple[str, str], ...]:
        """Return what to try, as a template and the path made from it."""
        first = self._first()
        second = CLOUD if first == DOCUMENTED else DOCUMENTED
        customer = quote(customer_id, safe="")
        return tuple((path, path.format(customer=customer)) for path in (first, second))

    def remember(self, template: str) -> None:
        """Try this one first from now on."""
        if template != self._first():
            self._state.store(STATE_NAME, template)
        self._worked = template

    def _first(self) -> str:
        if self._worked is None:
            kept = self._state.load(STATE_NAME)
            self._worked = CLOUD if kept == CLOUD else DOCUMENTED
        return self._worked
