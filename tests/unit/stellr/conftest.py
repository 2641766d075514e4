"""A simulated Stellr, connectors that read it, and records in the constructed shapes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from seatsync.sdk.simulator import served
from seatsync_stellr.connector import StellrConnector
from seatsync_stellr.settings import StellrSettings
from seatsync_stellr.simulator import Simulator
from seatsync_stellr.subscription import read_subscription
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.domain.subscription import RemoteSubscription

RECORDS = Path(__file__).parents[3] / "fixtures" / "records" / "stellr"


@pytest.fixture(scope="session")
def constructed() -> Callable[[str], bytes]:
    """Return a constructed payload by its name."""
    return lambda name: (RECORDS / f"{name}.json").read_bytes()


@pytest.fixture
def read() -> Callable[..., RemoteSubscription]:
    """Read a subscription from the fields of its JSON; None leaves one out."""

    def read_fields(default: str | None = None, /, **fields: Any) -> RemoteSubscription:
        whole = {"subscriptionId": "4_1", "quantity": 5, "status": "Active", **fields}
        present = {name: value for name, value in whole.items() if value is not None}
        encoder = msgspec.json.Encoder(decimal_format="number")
        return read_subscription(msgspec.Raw(encoder.encode(present)), "c-1", default)

    return read_fields


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def stellr(time: VirtualTime) -> Simulator:
    return Simulator(clock=time.clock)


@pytest.fixture
def origin(stellr: Simulator) -> Iterator[str]:
    with served(stellr.app) as origin:
        yield origin


@pytest.fixture
def connect(
    stellr: Simulator, origin: str, time: VirtualTime
) -> Iterator[Callable[..., StellrConnector]]:
    """Connect to the simulated Stellr in virtual time, with some settings changed.

    All connectors of a test share one kept state, as the jobs of an agent do.
    """
    opened: list[StellrConnector] = []

    def connect_with(**changed: Any) -> StellrConnector:
        settings = StellrSettings.model_validate({**stellr.settings(origin), **changed})
        opened.append(StellrConnector(settings, time.context))
        return opened[-1]

    yield connect_with
    for connector in opened:
        connector.close()
