"""What a sync of a provider would do: its plan, page by page, not carried out."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from seatsync.domain.ids import provider_account_id
from seatsync.domain.missing import exceeds_missing_threshold
from seatsync.domain.plan import KnownCustomer, Planner, Step
from seatsync.domain.progress import no_progress
from seatsync.domain.report import SyncCounts
from seatsync.errors import RecordError
from seatsync.mirror.absence import count_present
from seatsync.mirror.known import known_customers
from seatsync.mirror.provider_account_writes import accounts_by_domain
from seatsync.mirror.settings import load_settings
from seatsync.mirror.sightings import (
    load_customer_sightings,
    load_subscription_sightings,
    unseen_subscriptions,
)
from seatsync.sync.batch import Reading, note_seen, plan_batch
from seatsync.sync.coverage import Coverage
from seatsync.sync.customers import readable_customer
from seatsync.sync.extract import Extraction, PageRead
from seatsync.sync.failure import empty_failure, failure_of, guard_failure
from seatsync.sync.ledger import step_counts
from seatsync.sync.sources import subscription_sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.progress import ProgressSink
    from seatsync.domain.report import SyncFailure
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.context import Control
    from seatsync.sdk.listing import Listed
    from seatsync.sync.batch import PlannedBatch
    from seatsync.sync.connections import Connections
    from seatsync.sync.extract import ListingEnded

SHOWN = 20
"""How many of the planned steps are kept to be shown."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The counts that a sync would have, its first steps, and what it could not read."""

    counts: SyncCounts
    steps: tuple[Step, ...]
    failures: tuple[SyncFailure, ...]


@dataclass(slots=True)
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    steps: list[Step] = field(default_factory=list)
    failures: list[SyncFailure] = field(default_factory=list)

    def enter(self, provider_key: str, reading: Reading, batch: PlannedBatch) -> None:
        """Count what a sync would count for this page."""
        plan = batch.plan
        self.counts.update(
            fetched=reading.fetched,
            unchanged=reading.recognised + len(plan.unchanged),
            failed=len(batch.unreadable),
            **step_counts(plan),
        )
        self.steps += plan.steps[: SHOWN - len(self.steps)]
        self.failures += [failure_of(error, provider_key) for error, _ in batch.unreadable]


class DryRun:
    """Reads a provider as a sync does, and plans without writing anything."""

    def __init__(self, mirror: Mirror, connections: Connections, provider_key: str) -> None:
        """Prepare a dry run of one provider."""
        self._mirror = mirror
        self._connections = connections
        self._key = provider_key
        with mirror.reading():
            self._settings = load_settings(mirror)
        self._planner = Planner(provider_key, self._settings)
        self._sightings = load_subscription_sightings(mirror, provider_key)
        self._new: dict[str, KnownCustomer] = {}
        self._is_credible = True
        self._coverage = Coverage()
        self._tally = _Tally()

    def forecast(self, control: Control, progress: ProgressSink = no_progress) -> Forecast:
        """Read everything and return what would be done.

        Raises the fault that ends the reading, if nothing was read before it.
        """
        with self._connections.open(self._key, control) as connector:
            progress(0, None, "reading customers")
            customers = self._read_customers(connector)
            self._read_subscriptions(connector, customers, control, progress)
        self._count_missing()
        tally = self._tally
        return Forecast(SyncCounts(**tally.counts), tuple(tally.steps), tuple(tally.failures))

    def _read_customers(self, connector: Connector) -> list[RemoteCustomer]:
        customers: dict[str, RemoteCustomer] = {}
        for page in connector.customers():
            listed = [record for entry in page if (record := self._read(entry))]
            self._note_new(listed)
            customers |= {customer.external_id: customer for customer in listed}
        known = len(load_customer_sightings(self._mirror, self._key).unseen)
        if known and not customers and not self._tally.failures:
            self._is_credible = False
            self._tally.failures.append(empty_failure(self._key, known))
        return list(customers.values())

    def _read(self, entry: Listed[RemoteCustomer]) -> RemoteCustomer | None:
        try:
            return readable_customer(entry.read())
        except RecordError as error:
            self._tally.failures.append(failure_of(error, self._key))
            return None

    def _read_subscriptions(
        self,
        connector: Connector,
        customers: Sequence[RemoteCustomer],
        control: Control,
        progress: ProgressSink,
    ) -> None:
        capabilities = self._connections.plugin(self._key).capabilities
        sources = subscription_sources(self._mirror, self._key, capabilities, connector, customers)
        self._coverage = Coverage(len(sources), is_credible=self._is_credible)
        readers = min(capabilities.readers, max(len(sources), 1))
        extraction = Extraction(sources, readers, control)
        with closing(extraction.events()) as events:
            for event in events:
                if isinstance(event, PageRead):
                    self._plan_page(event, extraction)
                else:
                    self._end_listing(event)
                if self._coverage.fault:
                    break
                progress(self._tally.counts["fetched"], None, "reading subscriptions")

    def _end_listing(self, end: ListingEnded) -> None:
        self._coverage.end(end)
        if end.fault:
            self._tally.failures.append(failure_of(end.fault, self._key))
        if self._coverage.fault and self._coverage.is_empty and not self._tally.counts["fetched"]:
            raise self._coverage.fault

    def _note_new(self, customers: Sequence[RemoteCustomer]) -> None:
        with self._mirror.reading():
            known = known_customers(self._mirror, self._key, {c.external_id for c in customers})
            new = [customer for customer in customers if customer.external_id not in known]
            accounts = self._matches({customer.domain for customer in new if customer.domain})
        for customer in new:
            self._new[customer.external_id] = KnownCustomer(
                id=provider_account_id(self._key, customer.external_id),
                external_id=customer.external_id,
                account_id=accounts.get(customer.domain or ""),
                sync_enabled=True,
            )

    def _matches(self, domains: set[str]) -> dict[str, UUID]:
        """Return the one account of each domain that has exactly one, if matching is on."""
        if not self._settings.provider_account_match or not domains:
            return {}
        found = accounts_by_domain(self._mirror, domains)
        return {domain: accounts[0] for domain, accounts in found.items() if len(accounts) == 1}

    def _plan_page(
        self,
        page: PageRead[Listed[RemoteSubscription]],
        extraction: Extraction[Listed[RemoteSubscription]],
    ) -> None:
        reading = Reading()
        end = extraction.look_at(page, partial(reading.add_page, sightings=self._sightings))
        if reading.nameless:
            self._coverage.doubt(page.owner)
        with self._mirror.reading():
            batch = plan_batch(self._mirror, self._planner, reading, self._sightings, self._new)
        self._tally.enter(self._key, reading, batch)
        note_seen(self._sightings, batch)
        if end:
            self._end_listing(end)

    def _count_missing(self) -> None:
        percent = self._settings.missing_threshold_percent
        with self._mirror.reading():
            unseen = unseen_subscriptions(self._mirror, self._key, self._sightings.unseen)
            absent = sum(self._coverage.covers(customer) for _, customer in unseen)
            known = count_present(self._mirror, self._key)
        if exceeds_missing_threshold(absent, known=known, threshold_percent=percent):
            self._tally.failures.append(guard_failure(self._key, absent, known, percent))
        else:
            self._tally.counts["missing"] = absent
