"""Which listings of a provider are to be read for its subscriptions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from seatsync.mirror.read_customers import read_customers
from seatsync.sdk.changed_customers import TellsChangedCustomers
from seatsync.sync.extract import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.connector import Capabilities, Connector
    from seatsync.sdk.listing import Listed

Sources = list["Source[Listed[RemoteSubscription]]"]


def subscription_sources(
    mirror: Mirror,
    provider_key: str,
    capabilities: Capabilities,
    connector: Connector,
    customers: Iterable[RemoteCustomer],
) -> Sources:
    """Return one listing of everybody, or one of each customer that is synced and may differ."""
    if capabilities.lists_all_subscriptions:
        return [Source(None, connector.all_subscriptions)]
    skipped = _disabled(mirror, provider_key) | _unchanged(mirror, provider_key, connector)
    return [
        Source(customer.external_id, partial(connector.subscriptions, customer))
        for customer in customers
        if customer.external_id not in skipped
    ]


def _unchanged(mirror: Mirror, provider_key: str, connector: Connector) -> frozenset[str]:
    if not isinstance(connector, TellsChangedCustomers):
        return frozenset()
    with mirror.reading():
        read_at = read_customers(mirror, provider_key)
    due = connector.due_customers(read_at)
    return frozenset() if due is None else frozenset(read_at).difference(due)


def _disabled(mirror: Mirror, provider_key: str) -> frozenset[str]:
    with mirror.reading():
        rows = mirror.rows(
            "SELECT external_id FROM provider_account"
            " WHERE provider_key = :key AND NOT sync_enabled",
            {"key": provider_key},
        )
    return frozenset(external_id for (external_id,) in rows)
