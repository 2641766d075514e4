"""A fictional provider without HTTP: a world in memory, and the plug-in that reads it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from seatsync.domain.connectivity import CheckOutcome, ConnectivityCheck, Consent
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.errors import RecordError, SeatsyncError
from seatsync.sdk.connector import Capabilities
from seatsync.sdk.listing import Listed, ListedPage, fingerprint
from seatsync.sdk.plugin import ProviderPlugin
from seatsync.sdk.settings import PluginSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatsync.sdk.context import ConnectorContext, Control

PATIENCE_S = 20.0

CUSTOMERS = "customers"
EVERYBODY = "everybody"
"""Names of listings; the listing of one customer has the customer's external id as its name."""


@dataclass
class Gate:
    """Holds a reader before one page, until the test lets it go on."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def hold(self, control: Control) -> None:
        """Tell that a reader is here, and keep it until the gate opens or the work is stopped."""
        self.reached.set()
        while not self.opened.wait(0.01):
            control.check()


@dataclass
class World:
    """What the provider `key` holds, and how it misbehaves.

    `faults`, `gates` and `repeats` are by listing and number of the page, from 0: a fault is
    raised, a gate waits, before that page; a repeated page shows the one before it once more.
    Late faults are raised when the page is looked at.
    """

    key: str = "lab"
    scans: bool = False
    page_size: int = 100
    record_version: int = 1
    readers: int = 2
    customers: dict[str, RemoteCustomer] = field(default_factory=dict)
    subscriptions: dict[str, RemoteSubscription] = field(default_factory=dict)
    unreadable: dict[str, str | None] = field(default_factory=dict)
    """Why the record with this id cannot be read."""
    unreadable_customers: set[str] = field(default_factory=set)
    nameless: list[str] = field(default_factory=list)
    """Owners of subscription records that do not say their own id."""
    faults: dict[tuple[str, int], BaseException] = field(default_factory=dict)
    late_faults: dict[tuple[str, int], BaseException] = field(default_factory=dict)
    gates: dict[tuple[str, int], Gate] = field(default_factory=dict)
    repeats: set[tuple[str, int]] = field(default_factory=set)
    checks: list[ConnectivityCheck] = field(
        default_factory=lambda: [ConnectivityCheck("token", CheckOutcome.PASSED, "A token came.")]
    )
    consents: list[Consent] = field(default_factory=list)
    pages_given: int = 0
    records_read: int = 0
    closed: int = 0
    refuses_to_connect: SeatsyncError | None = None

    def customer(self, external_id: str, name: str = "", domain: str | None = None) -> None:
        """Add or change a customer."""
        self.customers[external_id] = RemoteCustomer(
            external_id, name or f"Customer {external_id}", domain
        )

    def subscription(self, external_id: str, customer: str = "c-1", /, **fields: Any) -> None:
        """Add a subscription of ten seats, with other fields as given."""
        record = RemoteSubscription(
            external_id=external_id,
            customer_external_id=customer,
            name=f"Subscription {external_id}",
            quantity=10,
            status=SubscriptionStatus.ACTIVE,
            provider_status="Active",
        )
        self.subscriptions[external_id] = replace(record, **fields)

    def change(self, external_id: str, /, **fields: Any) -> None:
        """Change fields of a subscription."""
        self.subscriptions[external_id] = replace(self.subscriptions[external_id], **fields)

    def fill(self, customers: int, each: int) -> None:
        """Hold so many customers, with so many subscriptions each."""
        for number in range(1, customers + 1):
            self.customer(f"c-{number}")
            for index in range(1, each + 1):
                self.subscription(f"s-{number}-{index}", f"c-{number}")

    def listing(self, customer: str | None = None) -> str:
        """Return the name of the listing that shows the subscriptions of a customer."""
        return EVERYBODY if self.scans or customer is None else customer

    def gate(self, listing: str, page: int = 0) -> Gate:
        """Put a gate before a page."""
        return self.gates.setdefault((listing, page), Gate())

    def plugin(self) -> ProviderPlugin:
        """Return the plug-in that reads this world."""
        return ProviderPlugin(
            name="lab",
            display_name="Laboratory",
            version="1",
            settings=PluginSettings,
            connect=self.connect,
            capabilities=Capabilities(lists_all_subscriptions=self.scans, readers=self.readers),
            record_version=self.record_version,
        )

    def connect(self, _settings: PluginSettings, context: ConnectorContext) -> LabConnector:
        """Open a connector, or refuse to."""
        if self.refuses_to_connect:
            raise self.refuses_to_connect
        return LabConnector(self, context.control)


class LabPage(ListedPage[Any]):
    """A page that can be recognised as a whole, by a digest of every other of its fingerprints."""

    def __init__(
        self, name: str, records: Sequence[Listed[Any]], fault: BaseException | None
    ) -> None:
        self._name = name
        self._records = records
        self._fault = fault

    @property
    def digest(self) -> bytes | None:
        marks = [record.fingerprint for record in self._records]
        return fingerprint(self._name.encode(), *(mark for mark in marks if mark[-1] % 2))

    def still_has(self, fingerprints: bytes) -> bool:
        return fingerprints == b"".join(self.fingerprints())

    def __len__(self) -> int:
        return len(self._records)

    def fingerprints(self) -> Sequence[bytes]:
        if self._fault:
            raise self._fault
        return [record.fingerprint for record in self._records]

    def read(self, place: int) -> Any:
        return self._records[place].read()


class LabConnector:
    """Reads a world, page by page."""

    def __init__(self, world: World, control: Control) -> None:
        self._world = world
        self._control = control

    def verify(self) -> Iterator[ConnectivityCheck]:
        yield from self._world.checks

    def consents(self) -> Sequence[Consent]:
        return self._world.consents

    def customers(self) -> Iterator[Sequence[Listed[RemoteCustomer]]]:
        listed = [self._customer(customer) for customer in self._world.customers.values()]
        return self._pages(CUSTOMERS, listed)

    def subscriptions(
        self, customer: RemoteCustomer
    ) -> Iterator[Sequence[Listed[RemoteSubscription]]]:
        owner = customer.external_id
        records = self._world.subscriptions.values()
        listed = [self._listed(one) for one in records if one.customer_external_id == owner]
        return self._pages(owner, listed + self._nameless({owner}))

    def all_subscriptions(self) -> Iterator[Sequence[Listed[RemoteSubscription]]]:
        listed = [self._listed(record) for record in self._world.subscriptions.values()]
        return self._pages(EVERYBODY, listed + self._nameless(set(self._world.nameless)))

    def close(self) -> None:
        self._world.closed += 1

    def _pages(self, listing: str, records: list[Any]) -> Iterator[Sequence[Any]]:
        world = self._world
        size = world.page_size
        starts = range(0, len(records), size) or [0]
        pages = [
            LabPage(
                f"{listing}/{number}",
                records[start : start + size],
                world.late_faults.get((listing, number)),
            )
            for number, start in enumerate(starts)
        ]
        for number, page in enumerate(pages):
            self._misbehave(listing, number)
            if (listing, number) in world.repeats and number:
                yield pages[number - 1]
            world.pages_given += 1
            yield page
        self._misbehave(listing, len(pages))

    def _misbehave(self, listing: str, number: int) -> None:
        self._control.check()
        if gate := self._world.gates.get((listing, number)):
            gate.hold(self._control)
        if fault := self._world.faults.get((listing, number)):
            raise fault

    def _customer(self, customer: RemoteCustomer) -> Listed[RemoteCustomer]:
        is_unreadable = customer.external_id in self._world.unreadable_customers

        def read() -> RemoteCustomer:
            if is_unreadable:
                raise RecordError("no name", external_id=customer.external_id)
            return customer

        return Listed(fingerprint(repr((customer, is_unreadable)).encode()), read)

    def _listed(self, record: RemoteSubscription) -> Listed[RemoteSubscription]:
        reason = self._world.unreadable.get(record.external_id)

        def read() -> RemoteSubscription:
            self._world.records_read += 1
            if reason:
                raise RecordError(
                    reason,
                    external_id=record.external_id,
                    customer_external_id=record.customer_external_id,
                    name=record.name,
                )
            return record

        return Listed(fingerprint(repr((record, reason)).encode()), read)

    def _nameless(self, owners: set[str]) -> list[Listed[RemoteSubscription]]:
        return [_nameless(owner) for owner in self._world.nameless if owner in owners]


def _nameless(owner: str) -> Listed[RemoteSubscription]:
    def read() -> RemoteSubscription:
        raise RecordError("it has no id", customer_external_id=owner)

    return Listed(fingerprint(b"nameless", owner.encode()), read)
