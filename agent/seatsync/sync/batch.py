"""One batch of listed subscriptions: recognise, read, plan, apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync.domain.plan import Known, Plan
from seatsync.errors import RecordError
from seatsync.mirror.known import known_customers, known_subscriptions, landing_contracts
from seatsync.sync.failure import homeless_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatsync.domain.plan import KnownSubscription, Planner
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.sightings import Sightings
    from seatsync.sdk.listing import Listed


@dataclass(slots=True)
class Reading:
    """What the records of one or more pages turned out to be, until they are applied."""

    recognised: int = 0
    records: list[RemoteSubscription] = field(default_factory=list)
    fingerprints: dict[str, bytes] = field(default_factory=dict)
    errors: list[RecordError] = field(default_factory=list)

    @property
    def fetched(self) -> int:
        """Return how many different records were listed."""
        return self.recognised + self.fresh

    @property
    def fresh(self) -> int:
        """Return how many records were new, changed or unreadable."""
        return len(self.records) + len(self.errors)

    @property
    def has_nameless(self) -> bool:
        """Tell whether a record did not even say which one it is, so that any may be it."""
        return any(error.external_id is None for error in self.errors)

    def add_page(self, page: Iterable[Listed[RemoteSubscription]], sightings: Sightings) -> None:
        """Read the records of a page that are new or changed, in their canonical spelling."""
        for listed in page:
            if sightings.recognise(listed.fingerprint):
                self.recognised += 1
            elif sightings.is_first(listed.fingerprint):
                self._add(listed)

    def _add(self, listed: Listed[RemoteSubscription]) -> None:
        try:
            record = listed.read().canonical()
        except RecordError as error:
            self.errors.append(error)
        else:
            self.records.append(record)
            self.fingerprints[record.external_id] = listed.fingerprint


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """A plan, with what it was made from."""

    plan: Plan
    known: Known
    before: dict[str, bytes]
    unreadable: list[tuple[RecordError, KnownSubscription | None]]


def plan_batch(mirror: Mirror, planner: Planner, reading: Reading) -> PlannedBatch:
    """Load what the mirror knows of a page, and plan; in the session that will apply it."""
    if not reading.records and not reading.errors:
        return PlannedBatch(Plan(), Known(), {}, [])
    key = planner.provider_key
    named = [error.external_id for error in reading.errors if error.external_id]
    ids = [record.external_id for record in reading.records]
    subscriptions, before = known_subscriptions(mirror, key, [*ids, *named])
    known = load_known(mirror, key, reading.records, subscriptions)
    plan = planner.plan(reading.records, known)
    unreadable = [
        (error, subscriptions.get(error.external_id or "")) for error in reading.errors
    ] + [_homeless(record, subscriptions) for record in plan.homeless]
    return PlannedBatch(plan, known, before, unreadable)


def load_known(
    mirror: Mirror,
    provider_key: str,
    records: Sequence[RemoteSubscription],
    subscriptions: dict[str, KnownSubscription],
) -> Known:
    """Load the customers of records, and the default contracts of their accounts."""
    customers = known_customers(
        mirror, provider_key, {record.customer_external_id for record in records}
    )
    accounts = {customer.account_id for customer in customers.values() if customer.account_id}
    return Known(customers, subscriptions, landing_contracts(mirror, accounts))


def _homeless(
    record: RemoteSubscription, subscriptions: dict[str, KnownSubscription]
) -> tuple[RecordError, KnownSubscription | None]:
    error = homeless_error(record.external_id, record.customer_external_id, record.name)
    return error, subscriptions.get(record.external_id)


def note_seen(sightings: Sightings, batch: PlannedBatch) -> None:
    """Note that what stood under these earlier fingerprints has been listed."""
    for before in batch.before.values():
        sightings.see(before)
