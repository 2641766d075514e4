"""The connector in docs/connectors.md works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from seatsync.domain.connectivity import CheckOutcome
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import RecordError
from seatsync.sdk.context import ConnectorContext
from seatsync.sdk.plugin import ProviderPlugin
from seatsync.sdk.settings import describe_settings
from seatsync.sdk.simulator import served

if TYPE_CHECKING:
    from starlette.requests import Request

DOCUMENT = Path(__file__).parents[3] / "docs" / "connectors.md"
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def plugin() -> ProviderPlugin:
    names: dict[str, Any] = {}
    for block in PYTHON.findall(DOCUMENT.read_text()):
        exec(compile(block, str(DOCUMENT), "exec", dont_inherit=True), names)  # noqa: S102 - our own documentation
    plugin = names["PLUGIN"]
    assert isinstance(plugin, ProviderPlugin)
    return plugin


def _customers(_: Request) -> JSONResponse:
    return JSONResponse([{"id": "c1", "name": "Imaginary Bakery"}])


def _subscriptions(request: Request) -> JSONResponse:
    seats: Any = 3 if request.headers["x-api-key"] == "a key" else "many"
    return JSONResponse([{"id": "s1", "name": "Toys", "seats": seats, "state": "on"}])


SHOP = Starlette(
    routes=[Route("/customers", _customers), Route("/customers/c1/subscriptions", _subscriptions)]
)


def _connect(plugin: ProviderPlugin, origin: str, key: str) -> Any:
    settings = plugin.settings.model_validate({"api_key": key, "base_url": f"{origin}/"})
    return plugin.connect(settings, ConnectorContext("toys"))


def test_it_reads_customers_and_their_subscriptions(plugin: ProviderPlugin) -> None:
    with served(SHOP) as origin:
        connector = _connect(plugin, origin, "a key")
        [[customer]] = connector.customers()
        [[subscription]] = connector.subscriptions(customer.read())
        checks = list(connector.verify())
        connector.close()
    record = subscription.read()
    assert (record.quantity, record.status) == (3, SubscriptionStatus.ACTIVE)
    assert [check.outcome for check in checks[2:]] == [CheckOutcome.PASSED] * 2


def test_it_says_which_record_it_cannot_read(plugin: ProviderPlugin) -> None:
    with served(SHOP) as origin:
        connector = _connect(plugin, origin, "another key")
        [[customer]] = connector.customers()
        with pytest.raises(RecordError, match="s1"):
            list(connector.subscriptions(customer.read()))
        connector.close()


def test_its_settings_are_described(plugin: ProviderPlugin) -> None:
    described = {setting.name: setting for setting in describe_settings(plugin.settings)}
    assert described["api_key"].secret
    assert described["base_url"].description
