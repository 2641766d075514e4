"""Served applications, and the faults that can be planned for them."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from seatsync.errors import Cancelled, ProviderUnreachable, SetupError
from seatsync.sdk.context import ConnectorContext, Control
from seatsync.sdk.http import RetryPolicy, open_client
from seatsync.sdk.simulator import (
    Faults,
    answers,
    dropped,
    garbage,
    served,
    slow,
    throttled,
    truncated,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = b'{"content": ["whole"]}'
NEVER_WAIT = RetryPolicy(attempts=2, jitter=lambda _, __: 0.0)


async def hello(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def origin(faults: Faults) -> Iterator[str]:
    with served(faults.around(hello)) as origin:
        yield origin


@pytest.fixture
def client(origin: str) -> Iterator[httpx.Client]:
    with open_for(origin, ConnectorContext("test"), timeout_s=5) as client:
        yield client


def open_for(origin: str, context: ConnectorContext, timeout_s: float) -> httpx.Client:
    return open_client(
        context, base_url=origin, timeout_s=timeout_s, max_requests_per_second=1e6, retry=NEVER_WAIT
    )


def test_an_application_is_served_and_gone_afterwards() -> None:
    with served(hello) as origin:
        assert httpx.get(origin).content == BODY
    with pytest.raises(httpx.ConnectError):
        httpx.get(origin)


def test_a_port_may_be_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with served(hello, port) as origin:
        assert origin == f"http://127.0.0.1:{port}"


def test_the_nth_call_to_a_path_goes_wrong(client: httpx.Client, faults: Faults) -> None:
    faults.plan("/a", answers(404, b"lost"), nth=2, times=2)
    paths = ["a", "b", "a", "a", "a"]
    assert [client.get(path).status_code for path in paths] == [200, 200, 404, 404, 200]


def test_a_fault_may_be_meant_for_one_query(client: httpx.Client, faults: Faults) -> None:
    faults.plan(r"page=1\b", answers(400))
    assert client.get("a?page=0").status_code == 200
    assert client.get("a?page=1").status_code == 400


def test_planned_faults_can_be_cleared(client: httpx.Client, faults: Faults) -> None:
    faults.plan("/a", answers(400))
    faults.clear()
    assert client.get("a").status_code == 200


def test_a_throttled_call_names_its_time(client: httpx.Client, faults: Faults) -> None:
    faults.plan("/a", throttled("0"))
    assert client.get("a").status_code == 200
    faults.plan("/a", throttled("9999"))
    assert client.get("a").headers["retry-after"] == "9999"
    faults.plan("/a", throttled())
    assert "retry-after" not in client.post("a").headers


def test_garbage_is_answered_as_if_it_were_json(client: httpx.Client, faults: Faults) -> None:
    faults.plan("/a", garbage())
    answer = client.get("a")
    assert (answer.status_code, answer.content[:6]) == (200, b"<html>")


def test_a_body_that_breaks_off_is_asked_for_again(client: httpx.Client, faults: Faults) -> None:
    faults.plan("/a", truncated(5))
    assert client.get("a").content == BODY


def test_a_connection_that_keeps_dropping_is_a_fault(client: httpx.Client, faults: Faults) -> None:
    faults.plan("/a", dropped(), times=2)
    with pytest.raises(ProviderUnreachable, match="broke off"):
        client.get("a")


def test_a_slow_answer_is_waited_for(client: httpx.Client, faults: Faults) -> None:
    faults.plan("/a", slow(0.05))
    assert client.get("a").content == BODY


def test_an_answer_that_takes_too_long_is_a_fault(origin: str, faults: Faults) -> None:
    faults.plan("/a", slow(0.5), times=2)
    with (
        open_for(origin, ConnectorContext("test"), timeout_s=0.05) as client,
        pytest.raises(ProviderUnreachable, match="in time"),
    ):
        client.get("a")


async def trickle(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(40):
        await asyncio.sleep(0.02)
        await send({"type": "http.response.body", "body": b" ", "more_body": True})


def test_a_body_that_trickles_is_given_up_in_time() -> None:
    with (
        served(trickle) as origin,
        open_for(origin, ConnectorContext("test"), timeout_s=0.1) as client,
        pytest.raises(ProviderUnreachable, match="in time"),
    ):
        client.get("a")


def test_cancelling_ends_the_reading_of_a_body() -> None:
    class StopsAfterTheStart(Control):
        checks = 0

        def check(self) -> None:
            self.checks += 1
            if self.checks > 1:
                raise Cancelled

    with (
        served(trickle) as origin,
        open_for(origin, ConnectorContext("test", control=StopsAfterTheStart()), 5) as client,
        pytest.raises(Cancelled),
    ):
        client.get("a")


def test_a_client_goes_through_the_proxy_of_the_environment(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", origin)
    with open_for("http://api.example", ConnectorContext("test"), timeout_s=5) as client:
        assert client.get("a").content == BODY


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("SSL_CERT_FILE", "/nowhere/at/all.pem", "certificates"),
        ("REQUESTS_CA_BUNDLE", "/nowhere/at/all.pem", "certificates"),
        ("http_proxy", "gopher://somebody:hush@proxy.example", "proxy"),
    ],
)
def test_an_environment_that_cannot_work_is_a_fault_of_the_setup(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, what: str
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv(name, value)
    with (
        open_for("http://api.example", ConnectorContext("test"), timeout_s=5) as client,
        pytest.raises(SetupError, match=f"the {what} that the environment names") as raised,
    ):
        client.get("a")
    assert "hush" not in f"{raised.value} {raised.value.remedy}"


def test_an_answer_that_has_begun_is_finished_before_the_end() -> None:
    begun = threading.Event()

    async def late(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        await hello(scope, receive, send)

    with ThreadPoolExecutor(1) as asking:
        with served(late) as origin:
            answer = asking.submit(httpx.get, origin)
            assert begun.wait(5)
        assert answer.result().content == BODY
