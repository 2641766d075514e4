"""A simulated partner, a connector that reads it, and records in the documented shapes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from seatsync.sdk.simulator import served
from seatsync_pax8.connector import Pax8Connector
from seatsync_pax8.settings import Pax8Settings
from seatsync_pax8.simulator import Simulator
from seatsync_pax8.subscription import read_subscription
from seatsync_pax8.wire import NO_PRODUCT
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.context import ConnectorContext
    from seatsync_pax8.wire import Product

RECORDS = Path(__file__).parents[3] / "fixtures" / "records" / "pax8"


@pytest.fixture(scope="session")
def documented() -> Callable[[str], bytes]:
    """Return a documented payload by its name."""
    return lambda name: (RECORDS / f"{name}.json").read_bytes()


@pytest.fixture
def read() -> Callable[..., RemoteSubscription]:
    """Read a subscription from the fields of its JSON; None leaves one out."""

    def read_fields(product: Product = NO_PRODUCT, **fields: Any) -> RemoteSubscription:
        whole = {"id": "s-1", "companyId": "c-1", "quantity": 5, "status": "Active", **fields}
        present = {name: value for name, value in whole.items() if value is not None}
        encoder = msgspec.json.Encoder(decimal_format="number")
        return read_subscription(msgspec.Raw(encoder.encode(present)), product)

    return read_fields


@pytest.fixture
def partner(time: VirtualTime) -> Simulator:
    return Simulator(clock=time.clock)


@pytest.fixture
def origin(partner: Simulator) -> Iterator[str]:
    with served(partner.app) as origin:
        yield origin


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def connect(
    partner: Simulator, origin: str, time: VirtualTime
) -> Iterator[Callable[..., Pax8Connector]]:
    """Connect to the simulated partner in virtual time, with some settings changed."""
    opened: list[Pax8Connector] = []

    def connect_with(context: ConnectorContext | None = None, **changed: Any) -> Pax8Connector:
        settings = Pax8Settings.model_validate({**partner.settings(origin), **changed})
        opened.append(Pax8Connector(settings, context or time.context))
        return opened[-1]

    yield connect_with
    for connector in opened:
        connector.close()
