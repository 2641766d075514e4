"""One batch of listed subscriptions: recognise, read, plan, apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from seatsync.domain.flaw import subscription_flaw
from seatsync.domain.plan import Known, Plan
from seatsync.domain.text import is_storable
from seatsync.errors import RecordError
from seatsync.mirror.known import known_customers, known_subscriptions, landing_contracts
from seatsync.sdk.listing import digest_of, fingerprints_of, parts_of, reader_of, still_has
from seatsync.sync.failure import contradiction_error, flaw_error, homeless_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seatsync.domain.plan import KnownCustomer, KnownSubscription, Planner
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.sightings import Sightings
    from seatsync.sdk.listing import Listed

NOBODY: Mapping[str, KnownCustomer] = MappingProxyType({})


@dataclass(slots=True)
class Reading:
    """What the records of one or more pages turned out to be, until they are applied."""

    recognised: int = 0
    records: list[RemoteSubscription] = field(default_factory=list)
    fingerprints: dict[str, bytes] = field(default_factory=dict)
    errors: list[RecordError] = field(default_factory=list)
    nameless: int = 0
    """How many records did not even say which one they are, so that each may be any."""

    @property
    def fetched(self) -> int:
        """Return how many different records were listed."""
        return self.recognised + self.fresh

    @property
    def fresh(self) -> int:
        """Return how many records were new, changed or unreadable."""
        return len(self.records) + len(self.errors)

    def add_page(self, page: Sequence[Listed[RemoteSubscription]], sightings: Sightings) -> None:
        """Read the records of a page that are new or changed, in their canonical spelling.

        Raises the fault that ended the listing if the page had to ask the provider for more.
        """
        for part in parts_of(page):
            digest = digest_of(part)
            if sightings.recognise_page(digest, partial(still_has, part)):
                self.recognised += len(part)
            else:
                self._add_part(part, digest, sightings)

    def _add_part(
        self,
        page: Sequence[Listed[RemoteSubscription]],
        digest: bytes | None,
        sightings: Sightings,
    ) -> None:
        fingerprints = fingerprints_of(page)
        sightings.note_page(digest, fingerprints)
        known = sightings.recognise(frozenset(fingerprints))
        self.recognised += len(known)
        if len(known) == len(fingerprints):
            return
        read = reader_of(page)
        for place, fingerprint in enumerate(fingerprints):
            if fingerprint not in known and sightings.is_first(fingerprint):
                self._add(partial(read, place), fingerprint)

    def _add(self, read: Callable[[], RemoteSubscription], fingerprint: bytes) -> None:
        try:
            record = _readable(read())
        except RecordError as error:
            self._refuse(error)
            return
        if record.external_id in self.fingerprints:
            self._refuse(contradiction_error(record))
            return
        self.records.append(record)
        self.fingerprints[record.external_id] = fingerprint

    def _refuse(self, error: RecordError) -> None:
        self.errors.append(error)
        self.nameless += not error.external_id


def _readable(record: RemoteSubscription) -> RemoteSubscription:
    if flaw := subscription_flaw(record):
        raise flaw_error(record, flaw)
    return record.canonical()


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """A plan, with what it was made from."""

    plan: Plan
    known: Known
    before: dict[str, bytes]
    unreadable: list[tuple[RecordError, KnownSubscription | None]]


def plan_batch(
    mirror: Mirror,
    planner: Planner,
    reading: Reading,
    sightings: Sightings,
    discovered: Mapping[str, KnownCustomer] = NOBODY,
) -> PlannedBatch:
    """Load what the mirror knows of a page, and plan; in the session that will apply it.

    What the run has listed already is not changed by a record that says something else.
    `discovered` are customers, by external id, that the mirror does not know yet.
    """
    if not reading.records and not reading.errors:
        return PlannedBatch(Plan(), Known(), {}, [])
    key = planner.provider_key
    named = [name for error in reading.errors if (name := named_id(error))]
    ids = [record.external_id for record in reading.records]
    subscriptions, before = known_subscriptions(mirror, key, [*ids, *named])
    listed = {name for name, stored in before.items() if sightings.was_listed(stored)}
    records = [record for record in reading.records if record.external_id not in listed]
    known = load_known(mirror, key, records, subscriptions, discovered)
    plan = planner.plan(records, known)
    errors = [
        *reading.errors,
        *(contradiction_error(one) for one in reading.records if one.external_id in listed),
        *(homeless_error(record) for record in plan.homeless),
    ]
    unreadable = [(error, subscriptions.get(error.external_id or "")) for error in errors]
    return PlannedBatch(plan, known, before, unreadable)


def load_known(
    mirror: Mirror,
    provider_key: str,
    records: Sequence[RemoteSubscription],
    subscriptions: Mapping[str, KnownSubscription],
    discovered: Mapping[str, KnownCustomer],
) -> Known:
    """Load the customers of records, and the default contracts of their accounts."""
    names = {record.customer_external_id for record in records}
    customers = {name: discovered[name] for name in names if name in discovered}
    customers |= known_customers(mirror, provider_key, names)
    accounts = {customer.account_id for customer in customers.values() if customer.account_id}
    return Known(customers, subscriptions, landing_contracts(mirror, accounts))


def named_id(error: RecordError) -> str | None:
    """Return which record cannot be read, if it says so in a way that can be looked up."""
    name = error.external_id
    return name if name and is_storable(name) else None


def note_seen(sightings: Sightings, batch: PlannedBatch) -> None:
    """Note that what stood under these earlier fingerprints has been listed."""
    for before in batch.before.values():
        sightings.see(before)
