"""A simulated ION, connectors that read it, and records in the documented shapes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from seatsync.sdk.simulator import served
from seatsync_streamone_ion.connector import IonConnector
from seatsync_streamone_ion.settings import IonSettings
from seatsync_streamone_ion.simulator import Simulator
from seatsync_streamone_ion.subscription import read_subscription
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.context import ConnectorContext

RECORDS = Path(__file__).parents[3] / "fixtures" / "records" / "streamone_ion"


@pytest.fixture(scope="session")
def documented() -> Callable[[str], bytes]:
    """Return a documented payload by its name."""
    return lambda name: (RECORDS / f"{name}.json").read_bytes()


@pytest.fixture
def read() -> Callable[..., RemoteSubscription]:
    """Read a subscription from the fields of its JSON; None leaves one out."""

    def read_fields(**fields: Any) -> RemoteSubscription:
        least = {"id": "1", "customerId": "c-1", "subscriptionTotalLicenses": "5"}
        whole = {**least, "subscriptionStatus": "active", **fields}
        present = {name: value for name, value in whole.items() if value is not None}
        encoder = msgspec.json.Encoder(decimal_format="number")
        return read_subscription(msgspec.Raw(encoder.encode(present)))

    return read_fields


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def ion(time: VirtualTime) -> Simulator:
    return Simulator(clock=time.clock)


@pytest.fixture
def origin(ion: Simulator) -> Iterator[str]:
    with served(ion.app) as origin:
        yield origin


@pytest.fixture
def connect(
    ion: Simulator, origin: str, time: VirtualTime
) -> Iterator[Callable[..., IonConnector]]:
    """Connect to the simulated ION in virtual time, with some settings changed.

    All connectors of a test share one kept state, as the jobs of an agent do.
    """
    opened: list[IonConnector] = []
    configured = ion.refresh_token

    def connect_with(context: ConnectorContext | None = None, **changed: Any) -> IonConnector:
        fields = {**ion.settings(origin), "refresh_token": configured, **changed}
        settings = IonSettings.model_validate(fields)
        opened.append(IonConnector(settings, context or replace(time.context)))
        return opened[-1]

    yield connect_with
    for connector in opened:
        connector.close()
