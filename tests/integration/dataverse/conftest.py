"""A simulated organisation that is served on loopback, and a client that is signed in to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seatsync.sdk.simulator import served
from seatsync_dataverse.client import DataverseClient
from seatsync_dataverse.connection import DataverseConnection
from seatsync_dataverse.crm_schema import DataverseSchema
from seatsync_dataverse.sample import prepared
from seatsync_dataverse.settings import DataverseSettings
from seatsync_dataverse.simulator import Kind, Simulator, TableSketch
from seatsync_dataverse.table_ref import TableRef
from simulated_crm import switchboard
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


@pytest.fixture
def bare(time: VirtualTime) -> Simulator:
    """Give an organisation that was never set up, nor tracks its accounts."""
    made = Simulator(clock=time.clock)
    board, _ = switchboard()
    board.app = made.app
    return made


@pytest.fixture
def org(bare: Simulator) -> Simulator:
    """Give an organisation that has our tables."""
    return prepared(bare)


@pytest.fixture
def settings(bare: Simulator) -> Callable[..., DataverseSettings]:
    """Give the settings of the organisation, with some changed."""
    _, origin = switchboard()
    plain = {**bare.settings(origin), "max_requests_per_second": 1e9}
    return lambda **changed: DataverseSettings.model_validate({**plain, **changed})


@pytest.fixture
def link(
    settings: Callable[..., DataverseSettings], time: VirtualTime
) -> Iterator[Callable[..., DataverseConnection]]:
    """Connect as the agent does, with some settings changed."""
    opened: list[DataverseConnection] = []

    def link_with(**changed: Any) -> DataverseConnection:
        opened.append(DataverseConnection(settings(**changed), time.context))
        return opened[-1]

    yield link_with
    for one in opened:
        one.close()


@pytest.fixture
def agent(
    link: Callable[..., DataverseConnection],
    org: Simulator,
) -> DataverseConnection:
    return link()


@pytest.fixture
def schema(
    settings: Callable[..., DataverseSettings], time: VirtualTime
) -> Iterator[Callable[..., DataverseSchema]]:
    """Look at the schema as an administrator does, with some settings changed."""
    opened: list[DataverseSchema] = []

    def look_with(**changed: Any) -> DataverseSchema:
        opened.append(DataverseSchema(settings(**changed), time.context))
        return opened[-1]

    yield look_with
    for one in opened:
        one.close()
