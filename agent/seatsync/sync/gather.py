"""Asking providers, now, for everything that the customers of one account hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import CustomerError, SeatsyncError
from seatsync.mirror.sightings import Sightings
from seatsync.sync.batch import Reading
from seatsync.sync.failure import failure_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from seatsync.domain.plan import KnownCustomer
    from seatsync.domain.report import SyncFailure
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.context import Control
    from seatsync.sync.connections import Connections


@dataclass(frozen=True, slots=True)
class AskedCustomer:
    """A provider account to be read."""

    provider_key: str
    known: KnownCustomer
    name: str


@dataclass(slots=True)
class Gathered:
    """What one provider answered: readings of complete listings, and what failed."""

    provider_key: str
    reading: Reading = field(default_factory=Reading)
    complete: set[UUID] = field(default_factory=set)
    failures: list[SyncFailure] = field(default_factory=list)
    fault: SeatsyncError | None = None
    """What kept the provider as a whole from answering."""


def gather(
    connections: Connections, customers: Iterable[AskedCustomer], control: Control
) -> list[Gathered]:
    """Ask all providers at the same time; a fault of one leaves the others alone."""
    by_provider = [
        (key, list(group)) for key, group in groupby(customers, lambda asked: asked.provider_key)
    ]
    if not by_provider:
        return []
    with ThreadPoolExecutor(len(by_provider), thread_name_prefix="gather") as pool:
        return list(
            pool.map(
                lambda work: _gather_provider(connections, work[0], work[1], control), by_provider
            )
        )


def _gather_provider(
    connections: Connections, key: str, customers: list[AskedCustomer], control: Control
) -> Gathered:
    gathered = Gathered(key)
    try:
        with connections.open(key, control) as connector:
            for customer in customers:
                control.check()
                _gather_customer(connector, customer, gathered)
    except SeatsyncError as fault:
        control.check()
        gathered.fault = fault
        gathered.failures.append(failure_of(fault, key))
    return gathered


def _gather_customer(connector: Connector, asked: AskedCustomer, gathered: Gathered) -> None:
    remote = RemoteCustomer(asked.known.external_id, asked.name)
    whole = Reading()
    sightings = Sightings()
    try:
        for page in connector.subscriptions(remote):
            whole.add_page(page, sightings)
    except CustomerError as fault:
        gathered.failures.append(failure_of(fault, gathered.provider_key, asked.known.id))
        return
    gathered.reading.records += whole.records
    gathered.reading.fingerprints |= whole.fingerprints
    gathered.reading.errors += whole.errors
    if not whole.nameless:
        gathered.complete.add(asked.known.id)
