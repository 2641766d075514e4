"""The bench that one check works at: a simulator with records in it, and a way to read them."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.money import Money
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.errors import CustomerError, PassingFault, StandingFault
from seatsync.sdk.conformance.meddler import Meddler
from seatsync.sdk.conformance.proving_ground import open_proving_ground
from seatsync.sdk.conformance.rule import require_same
from seatsync.sdk.conformance.virtual_time import VirtualClock, VirtualControl
from seatsync.sdk.context import ConnectorContext
from seatsync.sdk.simulator import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from seatsync.errors import SeatsyncError
    from seatsync.sdk.conformance.anatomy import Anatomy, Listing
    from seatsync.sdk.conformance.proving_ground import ProvingGround
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.demonstration import SimulatedProvider
    from seatsync.sdk.listing import Listed, SubscriptionPage
    from seatsync.sdk.plugin import ProviderPlugin
    from seatsync.sdk.settings import PluginSettings

    Pages = Iterator[Sequence[Listed[Any]]]

CUSTOMERS = 5
MOST_HELD = 5
"""So many subscriptions the first customer holds; the others hold one each."""

UNHURRIED = {"max_requests_per_second": 1e6}
START = datetime(2025, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Walk:
    """One way to read one listing, and the ids of what it shows."""

    what: str
    listing: Listing
    expected: frozenset[str]
    pages: Callable[[Connector], Pages]

    def read(self, connector: Connector) -> dict[str, Any]:
        """Return all records, by id."""
        records = [listed.read() for page in self.pages(connector) for listed in page]
        return {record.external_id: record for record in records}

    def outcome(self, connector: Connector) -> SeatsyncError | None:
        """Return the fault that ends the walk; without one, everything must have been listed."""
        try:
            came = frozenset(self.read(connector))
        except (PassingFault, StandingFault, CustomerError) as fault:
            return fault
        require_same(
            sorted(came), sorted(self.expected), f"{self.what}, listed to the end without a fault"
        )
        return None


class Bench:
    """A simulator that is being served, with the suite's records in it."""

    def __init__(
        self, plugin: ProviderPlugin, anatomy: Anatomy, stand_in: SimulatedProvider, folder: Path
    ) -> None:
        """Prepare to serve `stand_in`; `folder` is the check's own."""
        self.plugin = plugin
        self.anatomy = anatomy
        self.stand_in = stand_in
        self.folder = folder
        self.meddler = Meddler(stand_in.app)
        self.clock = VirtualClock()
        self.control = VirtualControl(self.clock)
        self.origin = ""
        self._pages: dict[str, int] = {}
        self._secrets: set[str] = set()
        self._trial_settings: dict[str, PluginSettings] = {}
        self.customers = [self._customer(number) for number in range(1, CUSTOMERS + 1)]
        self.subscriptions = self._subscriptions()

    @property
    def scans(self) -> bool:
        """Tell whether the engine reads all subscriptions in one scan."""
        return self.plugin.capabilities.lists_all_subscriptions

    def fill(self) -> None:
        """Put the suite's records into the simulator."""
        for customer in self.customers:
            self.stand_in.put_customer(customer)
        for subscription in self.subscriptions:
            self.stand_in.put_subscription(subscription)

    def _customer(self, number: int) -> RemoteCustomer:
        external_id = self.anatomy.spell_id("customer", number)
        return RemoteCustomer(external_id, f"Customer {number}", f"customer-{number}.example")

    def _subscriptions(self) -> list[RemoteSubscription]:
        owners = [1] * MOST_HELD + list(range(2, CUSTOMERS + 1))
        return [self.record(number, owner) for number, owner in enumerate(owners, 1)]

    def record(self, number: int, owner: int = 1, **fields: Any) -> RemoteSubscription:
        """Return a subscription of customer number `owner`, of as many seats as its number."""
        record = RemoteSubscription(
            external_id=self.anatomy.spell_id("subscription", number),
            customer_external_id=self.anatomy.spell_id("customer", owner),
            name=f"Example Suite {number}",
            product_name=f"Example Suite {number}",
            part_number=f"EXAMPLE:{number:04}",
            quantity=number,
            status=SubscriptionStatus.ACTIVE,
            provider_status=self.anatomy.active,
            starts_at=START,
            unit_cost=Money(Decimal("7.50"), self.anatomy.currency),
        )
        return replace(record, **fields)

    def put(self, record: RemoteSubscription) -> None:
        """Add or replace a subscription in the simulator."""
        self.stand_in.put_subscription(record)
        others = [held for held in self.subscriptions if held.external_id != record.external_id]
        self.subscriptions = [*others, record]

    def raw_settings(self, origin: str | None = None) -> dict[str, Any]:
        """Return settings as config.yaml has them, with small pages and without a rate limit."""
        given = self.stand_in.settings(origin or self.origin)
        return {**given, **self.anatomy.small_pages, **UNHURRIED}

    def settings(self, **changed: Any) -> PluginSettings:
        """Return checked settings that reach the simulator."""
        settings = self.plugin.settings.model_validate({**self.raw_settings(), **changed})
        values = (getattr(settings, name) for name in type(settings).model_fields)
        secrets = (value.get_secret_value() for value in values if isinstance(value, SecretStr))
        self._secrets.update(filter(None, secrets))
        return settings

    def secrets(self) -> frozenset[str]:
        """Return every secret that was in settings, and every token that was sent or answered."""
        return frozenset(self._secrets | self.meddler.given)

    @contextmanager
    def connected(self, **changed: Any) -> Iterator[Connector]:
        """Connect, in virtual time, with some settings changed."""
        context = ConnectorContext(self.plugin.name, control=self.control, clock=self.clock)
        with closing(self.plugin.connect(self.settings(**changed), context)) as connector:
            yield connector

    def walks(self) -> list[Walk]:
        """Return every way in which this connector reads a listing."""
        found = [
            Walk("customers", self.anatomy.customers, self._customer_ids(), _customers),
            Walk(
                "the subscriptions of a customer",
                self.anatomy.subscriptions,
                self.held_by(self.customers[0]),
                partial(_subscriptions, customer=self.customers[0]),
            ),
        ]
        if self.scans and self.anatomy.all_subscriptions:
            ids = frozenset(record.external_id for record in self.subscriptions)
            found.append(Walk("all subscriptions", self.anatomy.all_subscriptions, ids, _all))
        return found

    def _customer_ids(self) -> frozenset[str]:
        return frozenset(customer.external_id for customer in self.customers)

    def held_by(self, customer: RemoteCustomer) -> frozenset[str]:
        """Return the ids of what a customer holds."""
        return frozenset(
            record.external_id
            for record in self.subscriptions
            if record.customer_external_id == customer.external_id
        )

    def pages_of(self, walk: Walk) -> int:
        """Return how many pages a listing has, which is found out while nothing goes wrong."""
        if walk.what not in self._pages:
            before = self.meddler.count(walk.listing.path)
            with self.connected() as connector:
                walk.read(connector)
            self._pages[walk.what] = self.meddler.count(walk.listing.path) - before
        return self._pages[walk.what]

    def listed_pages(self, connector: Connector) -> list[SubscriptionPage]:
        """Return the pages of all subscriptions in the way in which the engine reads them."""
        if self.scans:
            return list(connector.all_subscriptions())
        customers = [listed.read() for page in connector.customers() for listed in page]
        return [page for customer in customers for page in connector.subscriptions(customer)]

    def listed(self, connector: Connector) -> list[Listed[RemoteSubscription]]:
        """Return all subscriptions in the way in which the engine reads them, unread."""
        return [listed for page in self.listed_pages(connector) for listed in page]

    def read(self) -> dict[str, RemoteSubscription]:
        """Connect, and return all subscriptions by id, in the agent's spelling."""
        with self.connected() as connector:
            records = [listed.read().canonical() for listed in self.listed(connector)]
        return {record.external_id: record for record in records}

    def fresh(self) -> None:
        """Forget planned faults, tampering and waits; the records stay."""
        self.meddler.reset()
        self.control.waited_s = 0.0

    def proving_ground(
        self, plugin: ProviderPlugin | None = None, name: str = "trial"
    ) -> AbstractContextManager[ProvingGround]:
        """Open the real engine on an SQLite database; the same name is the same database."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        if name not in self._trial_settings:
            self._trial_settings[name] = self.settings()
        return open_proving_ground(plugin or self.plugin, self._trial_settings[name], folder)


def _customers(connector: Connector) -> Pages:
    return connector.customers()


def _subscriptions(connector: Connector, customer: RemoteCustomer) -> Pages:
    return connector.subscriptions(customer)


def _all(connector: Connector) -> Pages:
    return connector.all_subscriptions()


@contextmanager
def open_bench(
    plugin: ProviderPlugin, anatomy: Anatomy, stand_in: SimulatedProvider, *, empty: bool = False
) -> Iterator[Bench]:
    """Serve a simulator on loopback, filled with the suite's records unless it shall be empty."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="seatsync-")))
        bench = Bench(plugin, anatomy, stand_in, folder)
        if not empty:
            bench.fill()
        bench.origin = stack.enter_context(served(bench.meddler))
        yield bench
