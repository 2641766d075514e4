"""Reading a provider's customers into provider accounts."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from seatsync.domain.flaw import customer_flaw
from seatsync.errors import RecordError
from seatsync.mirror.known import known_customers
from seatsync.mirror.provider_account_writes import (
    accounts_by_domain,
    insert_customers,
    mark_unlisted,
    stored_fingerprints,
    update_customers,
)
from seatsync.mirror.sightings import load_customer_sightings
from seatsync.sdk.listing import fingerprints_of, reader_of
from seatsync.sync.extract import Extraction, ListingEnded, Source
from seatsync.sync.failure import empty_failure, failure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.report import SyncFailure
    from seatsync.domain.settings import ApplicationSettings
    from seatsync.errors import SeatsyncError
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.context import Clock, Control
    from seatsync.sdk.listing import Listed

Page = list[tuple["RemoteCustomer", bytes]]


class CustomerReader:
    """Reads all customers of one provider, page by page, each page in one transaction."""

    def __init__(
        self, mirror: Mirror, clock: Clock, provider_key: str, settings: ApplicationSettings
    ) -> None:
        """Prepare to read the customers of one provider."""
        self._mirror = mirror
        self._clock = clock
        self._key = provider_key
        self._settings = settings
        self._sightings = load_customer_sightings(mirror, provider_key)
        self.listed: dict[str, RemoteCustomer] = {}
        self.count = 0
        self.failures: list[SyncFailure] = []
        self.fault: SeatsyncError | None = None
        self.lists_nobody = False
        """Whether the listing was empty, although customers are known."""

    def read(self, connector: Connector, control: Control, *, keep: bool) -> None:
        """Read the listing; with `keep`, remember the customers in `listed`, by external id.

        A fault that ended the listing early is in `fault`; what was listed is written.
        """
        sources = [Source(None, connector.customers)]
        with closing(Extraction(sources, 1, control).events()) as events:
            for event in events:
                if isinstance(event, ListingEnded):
                    self._end(event)
                else:
                    self._page(event.records, keep=keep)

    def _page(self, page: Sequence[Listed[RemoteCustomer]], *, keep: bool) -> None:
        self.count += len(page)
        fingerprints = fingerprints_of(page)
        known = self._sightings.recognise(frozenset(fingerprints))
        read = reader_of(page)
        fresh: Page = []
        for place, fingerprint in enumerate(fingerprints):
            is_fresh = fingerprint not in known
            customer = self._read(partial(read, place)) if keep or is_fresh else None
            if customer is None:
                continue
            if keep:
                self.listed[customer.external_id] = customer
            if is_fresh and self._sightings.is_first(fingerprint):
                fresh.append((customer, fingerprint))
        self._write_page(fresh)

    def _read(self, read: Callable[[], RemoteCustomer]) -> RemoteCustomer | None:
        try:
            return readable_customer(read())
        except RecordError as error:
            self.failures.append(failure_of(error, self._key))
            return None

    def _write_page(self, fresh: Page) -> None:
        if fresh:
            with self._mirror.writing(durable=False):
                befores = self._write(fresh)
            for before in befores:
                self._sightings.see(before)

    def _write(self, fresh: Page) -> Iterable[bytes]:
        ids = [customer.external_id for customer, _ in fresh]
        known = known_customers(self._mirror, self._key, ids)
        befores = stored_fingerprints(self._mirror, self._key, ids)
        new = {c.external_id: (c, f) for c, f in fresh if c.external_id not in known}
        matches = self._matches([customer for customer, _ in new.values()])
        insert_customers(
            self._mirror,
            self._key,
            [(c, f, matches.get(c.external_id)) for c, f in new.values()],
            self._clock.now(),
        )
        update_customers(
            self._mirror,
            [(known[c.external_id].id, c, f) for c, f in fresh if c.external_id in known],
            self._clock.now(),
        )
        return befores.values()

    def _matches(self, customers: list[RemoteCustomer]) -> dict[str, UUID]:
        domains = {customer.domain for customer in customers if customer.domain}
        if not self._settings.provider_account_match or not domains:
            return {}
        accounts = accounts_by_domain(self._mirror, domains)
        return {
            customer.external_id: accounts[customer.domain][0]
            for customer in customers
            if customer.domain and len(accounts.get(customer.domain, ())) == 1
        }

    def _end(self, end: ListingEnded) -> None:
        self.fault = end.fault
        unseen = self._sightings.unseen
        if not end.is_complete or self.failures or not unseen:
            return
        if not self.count:
            self.lists_nobody = True
            self.failures.append(empty_failure(self._key, len(unseen)))
            return
        with self._mirror.writing(durable=False):
            mark_unlisted(self._mirror, self._key, unseen)


def readable_customer(customer: RemoteCustomer) -> RemoteCustomer:
    """Return a customer in its canonical spelling; raises `RecordError` if it cannot be kept."""
    if flaw := customer_flaw(customer):
        raise RecordError(flaw, external_id=customer.external_id, name=customer.name)
    return customer.canonical()
