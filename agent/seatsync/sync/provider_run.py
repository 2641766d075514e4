"""A run over everything that one provider holds, as the schedule starts it."""

from __future__ import annotations

from collections import Counter
from contextlib import closing, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from seatsync.domain.missing import exceeds_missing_threshold
from seatsync.domain.plan import Planner
from seatsync.mirror.absence import count_present, mark_missing
from seatsync.mirror.held import hold_listed
from seatsync.mirror.known import known_customers
from seatsync.mirror.listed_pages import keep_pages
from seatsync.mirror.provider_account_writes import mark_all_synced, mark_errors, mark_synced
from seatsync.mirror.run_log import add_counts
from seatsync.mirror.settings import load_settings
from seatsync.mirror.sightings import load_subscription_sightings, unseen_subscriptions
from seatsync.sync.batch import Reading, note_seen, plan_batch
from seatsync.sync.coverage import Coverage
from seatsync.sync.customers import CustomerReader
from seatsync.sync.extract import Extraction, PageRead
from seatsync.sync.failure import failure_of, guard_failure, unreadable_message
from seatsync.sync.sources import subscription_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from uuid import UUID

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.progress import ProgressSink
    from seatsync.domain.settings import ApplicationSettings
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.errors import SeatsyncError
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.connector import Capabilities, Connector
    from seatsync.sdk.context import Clock, Control
    from seatsync.sdk.listing import Listed
    from seatsync.sync.extract import ListingEnded
    from seatsync.sync.ledger import Ledger

APPLY_BATCH = 4_000
"""So many new or changed records are applied in one transaction."""

APPLY_EVERY_S = 1.0
"""What has been read of customers is applied so often at least, when one of them ends."""

MARK_BATCH = 500


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
        self._reading_on: Callable[[], AbstractContextManager[None]] = nullcontext
        self._coverage = Coverage()
        self._is_credible = True
        self._fetched = 0
        self._pending = Reading()
        self._ended: list[tuple[str, SeatsyncError | None]] = []
        self._applied_at_s = clock.monotonic()
        self._unreadable: Counter[str | None] = Counter()
        self._left_out = 0
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
        return self._fetched > 0 or not self._coverage.is_empty

    def carry_out(self, connector: Connector, control: Control, progress: ProgressSink) -> None:
        """Run to the end; `has_failed` and `fault` tell how it went."""
        customers = self._read_customers(connector, control, progress)
        if self.fault is None:
            self._read_subscriptions(connector, customers, control, progress)
        if self._mark_absent(control) and not self.has_failed:
            self._keep_pages()

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
        sources = subscription_sources(
            self._mirror, self._key, self._capabilities, connector, customers
        )
        readers = min(self._capabilities.readers, max(len(sources), 1))
        self._coverage = Coverage(len(sources), is_credible=self._is_credible)
        extraction = Extraction(sources, readers, control)
        self._reading_on = extraction.reading_on
        with closing(extraction.events()) as events:
            for event in events:
                if isinstance(event, PageRead):
                    self._take_page(event, extraction)
                else:
                    self._end_listing(event)
                if self.fault:
                    break
                self._report(progress, self._coverage.ended, len(sources))
        self._apply_pending()

    def _report(self, progress: ProgressSink, ended: int, total: int) -> None:
        message = f"{self._fetched} subscriptions read"
        if self._capabilities.lists_all_subscriptions:
            progress(self._fetched, None, message)
        else:
            progress(ended, total, message)

    def _take_page(
        self,
        page: PageRead[Listed[RemoteSubscription]],
        extraction: Extraction[Listed[RemoteSubscription]],
    ) -> None:
        pending = self._pending
        fetched, errors, nameless = pending.fetched, len(pending.errors), pending.nameless
        end = extraction.look_at(page, partial(pending.add_page, sightings=self._sightings))
        self._fetched += pending.fetched - fetched
        self._unreadable[page.owner] += len(pending.errors) - errors
        if pending.nameless > nameless:
            self._coverage.doubt(page.owner)
        if self._pending.fresh >= APPLY_BATCH:
            self._apply_pending()
        if end:
            self._end_listing(end)

    def _apply_pending(self) -> None:
        reading, self._pending = self._pending, Reading()
        ended, self._ended = self._ended, []
        self._applied_at_s = self._clock.monotonic()
        if not reading.fetched and not ended:
            return
        with self._reading_on(), self._mirror.writing(durable=False):
            owners = [owner for owner, _ in ended]
            hold_listed(self._mirror, {self._key: reading.records}, owners)
            batch = plan_batch(self._mirror, self._planner(), reading, self._sightings)
            self._ledger.enter(self._key, reading, batch)
            self._mark_ended(ended)
        note_seen(self._sightings, batch)
        self._left_out += batch.plan.left_out
        self.has_failed |= bool(batch.unreadable)

    def _planner(self) -> Planner:
        # What is discovered lands by the switch of this moment, not of the run's beginning.
        landing = load_settings(self._mirror).landing
        return Planner(self._key, replace(self._settings, landing=landing))

    def _end_listing(self, end: ListingEnded) -> None:
        self._coverage.end(end)
        self.fault = self._coverage.fault
        if end.owner is not None:
            self._ended.append((end.owner, end.fault))
            self.has_failed |= end.fault is not None
            self._apply_in_time()
        elif end.fault is not None:
            self._stop(end.fault)

    def _apply_in_time(self) -> None:
        # Customers with little or no news share a transaction, but nothing waits for long.
        waited_s = self._clock.monotonic() - self._applied_at_s
        if len(self._ended) >= APPLY_BATCH or waited_s >= APPLY_EVERY_S:
            self._apply_pending()

    def _mark_ended(self, ended: Sequence[tuple[str, SeatsyncError | None]]) -> None:
        known = known_customers(self._mirror, self._key, [owner for owner, _ in ended])
        read = [known[owner].id for owner, fault in ended if fault is None]
        mark_synced(self._mirror, read, self._clock.now())
        errors = {}
        for owner, fault in ended:
            if fault is not None:
                errors[known[owner].id] = fault.message
                self._ledger.fail(failure_of(fault, self._key, known[owner].id))
            elif count := self._unreadable[owner]:
                errors[known[owner].id] = unreadable_message(count)
        mark_errors(self._mirror, errors)

    def _stop(self, fault: SeatsyncError) -> None:
        self.has_failed = True
        with self._mirror.writing(durable=False):
            self._ledger.fail(failure_of(fault, self._key))

    def _mark_absent(self, control: Control) -> bool:
        """Mark what was not listed; tell whether that leaves nothing but what was."""
        if self._coverage.is_whole:
            with self._mirror.writing(durable=False):
                mark_all_synced(self._mirror, self._key, self._clock.now())
        absent = self._absent()
        if absent and self._is_too_much(len(absent)):
            return False
        for start in range(0, len(absent), MARK_BATCH):
            control.check()
            with self._mirror.writing(durable=False):
                ids = absent[start : start + MARK_BATCH]
                run_id = self._ledger.run_id
                count = mark_missing(self._mirror, run_id, self._key, ids, self._clock.now())
                add_counts(self._mirror, run_id, missing=count)
        return len(absent) == len(self._sightings.unseen)

    def _keep_pages(self) -> None:
        # Only if the pages hold the records that the mirror holds as present, and no others.
        pages = self._sightings.new_pages
        if not self._coverage.is_whole or self._left_out or not pages:
            return
        with self._mirror.writing(durable=False):
            keep_pages(self._mirror, self._key, pages)

    def _absent(self) -> list[UUID]:
        unseen = self._sightings.unseen
        if not unseen or self._coverage.is_empty:
            return []
        with self._mirror.reading():
            return [
                subscription_id
                for subscription_id, customer in unseen_subscriptions(
                    self._mirror, self._key, unseen
                )
                if self._coverage.covers(customer)
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
