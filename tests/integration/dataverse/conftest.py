"""A simulated organisation that is served on loopback, and a client that is signed in to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seatsync.sdk.simulator import served
from seatsync_dataverse.client import DataverseClient
from seatsync_dataverse.settings import DataverseSettings
from seatsync_dataverse.simulator import Kind, Simulator, TableSketch
from seatsync_dataverse.table_ref import TableRef
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

COLUMNS: dict[str, Kind | Mapping[int, str] | str] = {
    "demo_Name": Kind.STRING,
    "demo_Code": Kind.STRING,
    "demo_Count": Kind.INTEGER,
    "demo_Price": Kind.MONEY,
    "demo_IsOn": Kind.BOOLEAN,
    "demo_At": Kind.DATETIME,
    "demo_State": {1: "Open", 2: "Closed"},
    "demo_AccountId": "account",
}


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def crm(time: VirtualTime) -> Simulator:
    """Give an organisation with one table of things, which have a code of their own."""
    made = Simulator(clock=time.clock)
    made.set_up(TableSketch("demo_Thing", COLUMNS, keys=[["demo_code"]], longest_text=100))
    made.forget()
    return made


@pytest.fixture
def origin(crm: Simulator) -> Iterator[str]:
    with served(crm.app) as origin:
        yield origin


@pytest.fixture
def things() -> TableRef:
    return TableRef("demo_thing", "demo_things", "demo_thingid")


@pytest.fixture
def connect(
    crm: Simulator, origin: str, time: VirtualTime
) -> Iterator[Callable[..., DataverseClient]]:
    """Connect to the organisation, with some settings changed."""
    opened: list[DataverseClient] = []

    def connect_with(**changed: Any) -> DataverseClient:
        whole = {**crm.settings(origin), "max_requests_per_second": 1e9, **changed}
        client = DataverseClient(DataverseSettings.model_validate(whole), time.context)
        opened.append(client)
        return client

    yield connect_with
    for client in opened:
        client.close()


@pytest.fixture
def client(connect: Callable[..., DataverseClient]) -> DataverseClient:
    return connect()
