"""A run over everything that one provider holds, as the schedule starts it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from seatsync.domain.missing import exceeds_missing_threshold
from seatsync.domain.plan import Planner
from seatsync.errors import CustomerError, PassingFault
from seatsync.mirror.absence import count_present, mark_missing
from seatsync.mirror.held import hold_listed
from seatsync.mirror.known import known_customers
from seatsync.mirror.provider_account_writes import mark_all_synced, mark_errors, mark_synced
from seatsync.mirror.read_customers import read_customers
from seatsync.mirror.run_log import add_counts
from seatsync.mirror.settings import load_settings
from seatsync.mirror.sightings import load_subscription_sightings, unseen_subscriptions
from seatsync.sdk.changed_customers import TellsChangedCustomers
from seatsync.sync.batch import Reading, note_seen, plan_batch
from seatsync.sync.customers import CustomerReader
from seatsync.sync.extract import Extraction, PageRead, Source
from seatsync.sync.failure import failure_of, guard_failure

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.settings import ApplicationSettings
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.errors import SeatsyncError
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.connector import Capabilities, Connector
    from seatsync.sdk.context import Clock, Control
    from seatsync.sdk.listing import Listed
    from seatsync.sync.extract import ListingEnded
    from seatsync.sync.ledger import Ledger
    from seatsync.sync.request import ProgressSink

APPLY_BATCH = 4_000
"""So many new or changed records are applied in one transaction."""

MARK_BATCH = 500
PASSING_FAULTS_IN_A_ROW = 3
"""After so many customers in a row (or all) that cannot be reached, the provider is down."""


class ProviderRun:
    """Reads customers, then subscriptions; applies page by page; marks what is gone."""

    def __init__(
        self,
        mirror: Mirror,
        clock: Clock,
        ledger: Ledger,
        provider_key: str,
        settings: ApplicationSettings,
        capabilities: Capabilities,
    ) -> None:
        """Prepare a run of one provider."""
        self._mirror = mirror
        self._clock = clock
        self._ledger = ledger
        self._key = provider_key
        self._settings = settings
        self._capabilities = capabilities
        self._sightings = load_subscription_sightings(mirror, provider_key)
        self._complete: set[UUID] = set()
        self._is_whole = False
        self._doubtful: set[str | None] = set()
        """Owners of listings with a record that does not say which one it is."""
        self._is_credible = True
        self._passing_in_a_row = 0
        self._patience = PASSING_FAULTS_IN_A_ROW
        self._fetched = 0
        self._pending = Reading()
        self.has_failed = False
        """Whether something was left out."""
        self.fault: SeatsyncError | None = None
        """What ended the reading before its end."""

    @property
    def provider_key(self) -> str:
        """Return the provider that the run reads."""
        return self._key

    @property
    def has_applied(self) -> bool:
        """Tell whether anything was read, so that the run has done something."""
        return self._fetched > 0 or bool(self._complete)

    def carry_out(self, connector: Connector, control: Control, progress: ProgressSink) -> None:
        """Run to the end; `has_failed` and `fault` tell how it went."""
        customers = self._read_customers(connector, control, progress)
        if self.fault is None:
            self._read_subscriptions(connector, customers, control, progress)
        self._mark_absent(control)

    def _read_customers(
        self, connector: Connector, control: Control, progress: ProgressSink
    ) -> list[RemoteCustomer]:
        progress(0, None, "reading customers")
        reader = CustomerReader(self._mirror, self._clock, self._key, self._settings)
        reader.read(connector, control, keep=not self._capabilities.lists_all_subscriptions)
        failures = list(reader.failures)
        if reader.fault:
            failures.append(failure_of(reader.fault, self._key))
        self.fault = reader.fault
        self._is_credible = not reader.lists_nobody
        if failures:
            self.has_failed = True
            with self._mirror.writing(durable=False):
                self._ledger.fail(*failures)
        return list(reader.listed.values())

    def _read_subscriptions(
        self,
        connector: Connector,
        customers: list[RemoteCustomer],
        control: Control,
        progress: ProgressSink,
    ) -> None:
        sources = self._sources(connector, customers)
        readers = min(self._capabilities.readers, max(len(sources), 1))
        self._patience = min(PASSING_FAULTS_IN_A_ROW, len(sources))
        ended = 0
        with closing(Extraction(sources, readers, control).events()) as events:
            for event in events:
                if isinstance(event, PageRead):
                    self._take_page(event)
                else:
                    self._end_listing(event)
                    ended += 1
                if self.fault:
                    break
                self._report(progress, ended, len(sources))
        self._apply_pending()

    def _report(self, progress: ProgressSink, ended: int, total: int) -> None:
        message = f"{self._fetched} subscriptions read"
        if self._capabilities.lists_all_subscriptions:
            progress(self._fetched, None, message)
        else:
            progress(ended, total, message)

    def _sources(
        self, connector: Connector, customers: list[RemoteCustomer]
    ) -> list[Source[Listed[RemoteSubscription]]]:
        if self._capabilities.lists_all_subscriptions:
            return [Source(None, connector.all_subscriptions)]
        skipped = self._disabled() | self._unchanged(connector)
        return [
            Source(customer.external_id, partial(connector.subscriptions, customer))
            for customer in customers
            if customer.external_id not in skipped
        ]

    def _unchanged(self, connector: Connector) -> frozenset[str]:
        if not isinstance(connector, TellsChangedCustomers):
            return frozenset()
        with self._mirror.reading():
            read_at = read_customers(self._mirror, self._key)
        due = connector.due_customers(read_at)
        return frozenset() if due is None else frozenset(read_at).difference(due)

    def _disabled(self) -> frozenset[str]:
        with self._mirror.reading():
            rows = self._mirror.rows(
                "SELECT external_id FROM provider_account"
                " WHERE provider_key = :key AND NOT sync_enabled",
                {"key": self._key},
            )
        return frozenset(external_id for (external_id,) in rows)

    def _take_page(self, page: PageRead[Listed[RemoteSubscription]]) -> None:
        fetched, nameless = self._pending.fetched, self._pending.nameless
        self._pending.add_page(page.records, self._sightings)
        self._fetched += self._pending.fetched - fetched
        if self._pending.nameless > nameless:
            self._doubtful.add(page.owner)
        if self._pending.fresh >= APPLY_BATCH:
            self._apply_pending()

    def _apply_pending(self) -> None:
        reading, self._pending = self._pending, Reading()
        if not reading.fetched:
            return
        with self._mirror.writing(durable=False):
            hold_listed(self._mirror, {self._key: reading.records})
            batch = plan_batch(self._mirror, self._planner(), reading, self._sightings)
            self._ledger.enter(self._key, reading, batch)
        note_seen(self._sightings, batch)
        self.has_failed |= bool(batch.unreadable)

    def _planner(self) -> Planner:
        # What is discovered lands by the switch of this moment, not of the run's beginning.
        landing = load_settings(self._mirror).landing
        return Planner(self._key, replace(self._settings, landing=landing))

    def _end_listing(self, end: ListingEnded) -> None:
        if end.owner is not None:
            self._end_customer(end.owner, end.fault)
        elif end.fault is None:
            self._is_whole = self._is_credible and not self._doubtful
        else:
            self._stop(end.fault)

    def _end_customer(self, external_id: str, fault: SeatsyncError | None) -> None:
        self._apply_pending()
        with self._mirror.writing(durable=False):
            customer = known_customers(self._mirror, self._key, [external_id])[external_id]
            if fault is None:
                mark_synced(self._mirror, customer.id, self._clock.now())
                if external_id not in self._doubtful:
                    self._complete.add(customer.id)
            else:
                mark_errors(self._mirror, {customer.id: fault.message})
                self._ledger.fail(failure_of(fault, self._key, customer.id))
        self.has_failed |= fault is not None
        self._judge(fault)

    def _judge(self, fault: SeatsyncError | None) -> None:
        passing = isinstance(fault, PassingFault)
        self._passing_in_a_row = self._passing_in_a_row + 1 if passing else 0
        is_down = self._passing_in_a_row >= self._patience
        if is_down or (fault and not passing and not isinstance(fault, CustomerError)):
            self.fault = fault

    def _stop(self, fault: SeatsyncError) -> None:
        self.fault = fault
        self.has_failed = True
        with self._mirror.writing(durable=False):
            self._ledger.fail(failure_of(fault, self._key))

    def _mark_absent(self, control: Control) -> None:
        if self._is_whole:
            with self._mirror.writing(durable=False):
                mark_all_synced(self._mirror, self._key, self._clock.now())
        absent = self._absent()
        if not absent:
            return
        if self._is_too_much(len(absent)):
            return
        for start in range(0, len(absent), MARK_BATCH):
            control.check()
            with self._mirror.writing(durable=False):
                ids = absent[start : start + MARK_BATCH]
                run_id = self._ledger.run_id
                count = mark_missing(self._mirror, run_id, self._key, ids, self._clock.now())
                add_counts(self._mirror, run_id, missing=count)

    def _absent(self) -> list[UUID]:
        unseen = self._sightings.unseen
        if not unseen or not (self._is_whole or self._complete):
            return []
        with self._mirror.reading():
            return [
                subscription_id
                for subscription_id, customer_id in unseen_subscriptions(
                    self._mirror, self._key, unseen
                )
                if self._is_whole or customer_id in self._complete
            ]

    def _is_too_much(self, absent: int) -> bool:
        percent = self._settings.missing_threshold_percent
        with self._mirror.writing(durable=False):
            known = count_present(self._mirror, self._key)
            if not exceeds_missing_threshold(absent, known=known, threshold_percent=percent):
                return False
            self._ledger.fail(guard_failure(self._key, absent, known, percent))
        self.has_failed = True
        return True
