"""What a sync of a provider would do: its plan, page by page, not carried out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync.domain.ids import provider_account_id
from seatsync.domain.missing import exceeds_missing_threshold
from seatsync.domain.plan import KnownCustomer, Planner, Step
from seatsync.domain.report import SyncCounts
from seatsync.errors import CustomerError, RecordError
from seatsync.mirror.absence import count_present
from seatsync.mirror.known import known_customers
from seatsync.mirror.provider_account_writes import accounts_by_domain
from seatsync.mirror.settings import load_settings
from seatsync.mirror.sightings import load_subscription_sightings, unseen_subscriptions
from seatsync.sync.batch import Reading, note_seen, plan_batch
from seatsync.sync.failure import failure_of, guard_failure
from seatsync.sync.ledger import step_counts
from seatsync.sync.request import no_progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.report import SyncFailure
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.context import Control
    from seatsync.sdk.listing import Listed
    from seatsync.sync.batch import PlannedBatch
    from seatsync.sync.connections import Connections
    from seatsync.sync.request import ProgressSink

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
        self._unread: set[UUID] = set()
        self._has_nameless = False
        self._tally = _Tally()

    def forecast(self, control: Control, progress: ProgressSink = no_progress) -> Forecast:
        """Read everything and return what would be done; raise the fault that ends the reading."""
        with self._connections.open(self._key, control) as connector:
            progress(0, None, "reading customers")
            customers = self._read_customers(connector)
            for page in self._pages(connector, customers):
                control.check()
                self._plan_page(page)
                progress(self._tally.counts["fetched"], None, "reading subscriptions")
        self._count_missing()
        tally = self._tally
        return Forecast(SyncCounts(**tally.counts), tuple(tally.steps), tuple(tally.failures))

    def _read_customers(self, connector: Connector) -> list[RemoteCustomer]:
        customers = []
        for page in connector.customers():
            listed = [record for entry in page if (record := self._read(entry))]
            self._note_new(listed)
            customers += listed
        return customers

    def _read(self, entry: Listed[RemoteCustomer]) -> RemoteCustomer | None:
        try:
            return entry.read().canonical()
        except RecordError as error:
            self._tally.failures.append(failure_of(error, self._key))
            return None

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

    def _pages(
        self, connector: Connector, customers: Sequence[RemoteCustomer]
    ) -> Iterator[Sequence[Listed[RemoteSubscription]]]:
        if self._connections.plugin(self._key).capabilities.lists_all_subscriptions:
            yield from connector.all_subscriptions()
            return
        for customer in customers:
            known = self._customers({customer.external_id})[customer.external_id]
            if not known.sync_enabled:
                continue
            try:
                yield from connector.subscriptions(customer)
            except CustomerError as error:
                self._unread.add(known.id)
                self._tally.failures.append(failure_of(error, self._key, known.id))

    def _plan_page(self, page: Sequence[Listed[RemoteSubscription]]) -> None:
        reading = Reading()
        reading.add_page(page, self._sightings)
        self._has_nameless |= reading.nameless > 0
        with self._mirror.reading():
            batch = plan_batch(self._mirror, self._planner, reading, self._sightings, self._new)
        self._tally.enter(self._key, reading, batch)
        note_seen(self._sightings, batch)

    def _customers(self, external_ids: set[str]) -> dict[str, KnownCustomer]:
        new = {name: self._new[name] for name in external_ids if name in self._new}
        with self._mirror.reading():
            return new | known_customers(self._mirror, self._key, external_ids)

    def _count_missing(self) -> None:
        if self._has_nameless:
            return
        percent = self._settings.missing_threshold_percent
        with self._mirror.reading():
            unseen = unseen_subscriptions(self._mirror, self._key, self._sightings.unseen)
            absent = sum(customer_id not in self._unread for _, customer_id in unseen)
            known = count_present(self._mirror, self._key)
        if exceeds_missing_threshold(absent, known=known, threshold_percent=percent):
            self._tally.failures.append(guard_failure(self._key, absent, known, percent))
        else:
            self._tally.counts["missing"] = absent
