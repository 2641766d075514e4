"""What goes out to the Web API, and what comes of its answers."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest

from seatsync.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    ProviderThrottled,
    ProviderUnreachable,
)
from seatsync_dataverse.client import DataverseClient
from seatsync_dataverse.errors import CrmThrottled, CrmUnreachable, Limit
from seatsync_dataverse.prefer import Prefer

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.settings import DataverseSettings
    from virtual_time import VirtualTime

    Connect = Callable[..., DataverseClient]
    MakeService = Callable[..., Any]

DONE = httpx.Response(204)
EMPTY = httpx.Response(200, json={"value": []})


def throttled(code: str, retry_after: str | None = None) -> httpx.Response:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return httpx.Response(429, json={"error": {"code": code, "message": "slow"}}, headers=headers)


def test_every_request_says_which_protocol_it_speaks(
    connect: Connect, service: MakeService
) -> None:
    wire = service(EMPTY)
    connect(wire).api.get("things")
    sent = wire.last.headers
    assert (sent["OData-Version"], sent["OData-MaxVersion"]) == ("4.0", "4.0")
    assert (sent["Accept"], sent["If-None-Match"]) == ("application/json", "null")
    assert sent["Authorization"] == "Bearer token"
    assert UUID(sent["x-ms-client-request-id"]).version == 4
    assert str(wire.last.url) == "https://crm.example/api/data/v9.2/things"


def test_a_write_never_says_that_it_wants_nothing_from_a_cache(
    connect: Connect, service: MakeService
) -> None:
    wire = service(DONE)
    connect(wire).api.write("PATCH", "things", {"a": 1})
    assert "If-None-Match" not in wire.last.headers
    assert wire.last.headers["Content-Type"].startswith("application/json")


def test_all_preferences_are_in_one_header(connect: Connect, service: MakeService) -> None:
    wire = service(EMPTY)
    connect(wire).api.get("things", Prefer(7, tracks_changes=True, representation=True))
    assert wire.last.headers.get_list("Prefer") == [
        "odata.track-changes,odata.maxpagesize=7,return=representation"
    ]


def test_cookies_are_never_sent_back(connect: Connect, service: MakeService) -> None:
    wire = service(httpx.Response(200, headers={"Set-Cookie": "ARRAffinity=1; Path=/"}))
    client = connect(wire)
    client.api.get("things")
    client.api.get("things")
    assert "Cookie" not in wire.last.headers


def test_the_hint_of_any_answer_is_followed(connect: Connect, service: MakeService) -> None:
    client = connect(service(httpx.Response(204, headers={"x-ms-dop-hint": "12"})))
    client.api.write("DELETE", "things")
    assert client.lanes == 12


def test_a_write_is_sent_again_after_a_429_and_everybody_waits(
    connect: Connect, service: MakeService, time: VirtualTime
) -> None:
    wire = service(throttled("0x80072322", "37"), DONE)
    connect(wire).api.write("PATCH", "things", {"a": 1})
    assert len(wire.asked) == 2
    assert 37 <= sum(time.waits) <= 39 + 1e-6
    ids = {asked.headers["x-ms-client-request-id"] for asked in wire.asked}
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("0x80072322", Limit.REQUESTS),
        ("0x80072321", Limit.EXECUTION_TIME),
        ("0x80072326", Limit.CONCURRENCY),
    ],
)
def test_a_long_wait_is_given_back_to_the_schedule(
    connect: Connect, service: MakeService, time: VirtualTime, code: str, limit: Limit
) -> None:
    with pytest.raises(ProviderThrottled) as raised:
        connect(service(throttled(code, "300"))).api.get("things")
    assert isinstance(raised.value, CrmThrottled)
    assert (raised.value.limit, raised.value.retry_after_s) == (limit, 300.0)
    assert time.waits == []


def test_a_429_that_names_no_time_is_waited_for_longer_and_longer(
    connect: Connect, service: MakeService
) -> None:
    wire = service(throttled("0x80072322"))
    with pytest.raises(CrmThrottled) as raised:
        connect(wire).api.write("DELETE", "things")
    assert raised.value.retry_after_s is None
    assert len(wire.asked) == 5


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_is_repeated_and_a_write_is_not(
    connect: Connect, service: MakeService, status: int
) -> None:
    reading, writing = service(httpx.Response(status), EMPTY), service(httpx.Response(status), DONE)
    assert connect(reading).api.get("things").status_code == 200
    with pytest.raises(CrmUnreachable) as raised:
        connect(writing).api.write("PATCH", "things", {})
    assert raised.value.may_have_happened
    assert len(writing.asked) == 1


@pytest.mark.parametrize(
    ("fault", "may_have_happened"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("slow"), False),
        (httpx.ReadTimeout("slow"), True),
        (httpx.RemoteProtocolError("dropped"), True),
        (httpx.WriteError("dropped"), True),
    ],
)
def test_a_write_without_an_answer_tells_whether_it_may_have_happened(
    connect: Connect, service: MakeService, fault: Exception, *, may_have_happened: bool
) -> None:
    with pytest.raises(ProviderUnreachable) as raised:
        connect(service(fault)).api.write("PATCH", "things", {})
    assert isinstance(raised.value, CrmUnreachable)
    assert raised.value.may_have_happened is may_have_happened
    assert raised.value.problem.request_id


def test_a_write_whose_answer_is_damaged_may_have_happened(
    connect: Connect, service: MakeService
) -> None:
    class Damaged(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            message = "not gzip"
            raise httpx.DecodingError(message, request=request)

    with pytest.raises(CrmUnreachable):
        connect(Damaged()).api.write("PATCH", "things", {})
    with pytest.raises(AnswerUnreadable):
        connect(Damaged()).api.get("things")


def test_a_401_is_repeated_once_with_a_new_token(
    settings: Callable[..., DataverseSettings], service: MakeService, time: VirtualTime
) -> None:
    class Tokens:
        def __init__(self) -> None:
            self.refused: list[str | None] = []

        def token(self, refused: str | None = None) -> str:
            self.refused.append(refused)
            return "stale" if refused is None else "fresh"

    wire, tokens = service(httpx.Response(401), DONE), Tokens()
    with DataverseClient(settings(), time.context, tokens=tokens, wire=wire) as client:
        client.api.write("PATCH", "things", {"a": 1})
    assert tokens.refused == [None, "stale"]
    assert [asked.headers["Authorization"] for asked in wire.asked] == [
        *("Bearer stale", "Bearer fresh"),
    ]


def test_a_second_401_is_a_refusal(connect: Connect, service: MakeService) -> None:
    wire = service(httpx.Response(401, content=b"<html>"))
    with pytest.raises(CredentialsRefused):
        connect(wire).api.get("things")
    assert len(wire.asked) == 2


def test_a_redirect_is_not_followed(connect: Connect, service: MakeService) -> None:
    wire = service(httpx.Response(302, headers={"Location": "https://elsewhere.example/"}))
    with pytest.raises(AnswerUnreadable):
        connect(wire).api.get("things")
    assert len(wire.asked) == 1


@pytest.mark.parametrize("content", [b"<html>", b"", b"[]", gzip.compress(b"{}", mtime=0)])
def test_an_answer_that_is_no_json_is_unreadable(
    connect: Connect, service: MakeService, content: bytes
) -> None:
    with pytest.raises(AnswerUnreadable, match="cannot be read"):
        connect(service(httpx.Response(200, content=content))).who_am_i()


def test_it_is_told_who_the_agent_is(connect: Connect, service: MakeService) -> None:
    names = ("UserId", "BusinessUnitId", "OrganizationId")
    body = {"@odata.context": "x", **{name: str(UUID(int=9)) for name in names}}
    assert connect(service(httpx.Response(200, json=body))).who_am_i().user_id == UUID(int=9)
