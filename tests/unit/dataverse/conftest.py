"""A client on a wire that answers from a script, in virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from seatsync_dataverse.client import DataverseClient
from seatsync_dataverse.settings import DataverseSettings
from seatsync_dataverse.table_ref import TableRef
from seatsync_dataverse.token import StaticTokens
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REQUIRED: dict[str, Any] = {
    "url": "https://crm.example",
    "tenant_id": "tenant",
    "client_id": "client",
    "client_secret": "hush",
}


class Service(httpx.BaseTransport):
    """Gives its answers in turn, the last one for ever; exceptions are raised."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # A copy: the same request goes out again with another token.
        headers, content = request.headers.copy(), request.read()
        sent = httpx.Request(request.method, request.url, headers=headers, content=content)
        self.asked.append(sent)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def last(self) -> httpx.Request:
        return self.asked[-1]

    @property
    def bodies(self) -> list[Any]:
        return [msgspec.json.decode(asked.content) for asked in self.asked if asked.content]


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def table() -> TableRef:
    return TableRef("demo_thing", "demo_things", "demo_thingid")


@pytest.fixture
def service() -> Callable[..., Service]:
    return Service


@pytest.fixture
def settings() -> Callable[..., DataverseSettings]:
    return lambda **changed: DataverseSettings.model_validate({**REQUIRED, **changed})


@pytest.fixture
def connect(
    time: VirtualTime, settings: Callable[..., DataverseSettings]
) -> Iterator[Callable[..., DataverseClient]]:
    """Connect to a scripted service, with a token that somebody else looks after."""
    opened: list[DataverseClient] = []

    def connect_to(wire: httpx.BaseTransport, **changed: Any) -> DataverseClient:
        whole = settings(max_requests_per_second=1e9, **changed)
        client = DataverseClient(whole, time.context, tokens=StaticTokens("token"), wire=wire)
        opened.append(client)
        return client

    yield connect_to
    for client in opened:
        client.close()
