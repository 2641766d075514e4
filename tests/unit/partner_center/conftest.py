"""A simulated partner, a connector that reads it, and records in the documented shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from seatsync.sdk.simulator import served
from seatsync_partner_center.connector import PartnerCenterConnector
from seatsync_partner_center.settings import PartnerCenterSettings
from seatsync_partner_center.simulator import Simulator
from seatsync_partner_center.subscription import read_subscription
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.context import ConnectorContext


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def partner(time: VirtualTime) -> Simulator:
    return Simulator(clock=time.clock)


@pytest.fixture
def origin(partner: Simulator) -> Iterator[str]:
    with served(partner.app) as origin:
        yield origin


@pytest.fixture
def connect(
    partner: Simulator, origin: str, time: VirtualTime
) -> Iterator[Callable[..., PartnerCenterConnector]]:
    """Connect to the simulated partner in virtual time, with some settings changed."""
    opened: list[PartnerCenterConnector] = []

    def connect_with(
        context: ConnectorContext | None = None, *, app_user: bool = False, **changed: Any
    ) -> PartnerCenterConnector:
        given = partner.settings(origin, app_user=app_user) | changed
        settings = PartnerCenterSettings.model_validate(given)
        opened.append(PartnerCenterConnector(settings, context or time.context))
        return opened[-1]

    yield connect_with
    for connector in opened:
        connector.close()


@pytest.fixture
def read() -> Callable[..., RemoteSubscription]:
    """Read a subscription from the fields of its JSON."""

    def read_fields(**fields: Any) -> RemoteSubscription:
        whole = {"id": "S-1", "quantity": 5, "status": "active", **fields}
        return read_subscription(msgspec.Raw(msgspec.json.encode(whole)), "c-1")

    return read_fields
