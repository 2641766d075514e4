"""The HTTP client of connectors, layer by layer; no time really passes."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from seatsync.errors import (
    AnswerUnreadable,
    Cancelled,
    CredentialsRefused,
    PermissionMissing,
    ProviderThrottled,
    ProviderUnreachable,
    SeatsyncError,
)
from seatsync.sdk.http import (
    REPEATABLE_WHEN_THROTTLED,
    decoded,
    fault_of,
    raise_for_answer,
)
from seatsync.sdk.http.retry import RetryLayer, RetryPolicy
from seatsync.sdk.http.retry_after import retry_after_s
from seatsync.sdk.http.wire import proxy_for
from virtual_time import START, VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable

    Open = Callable[..., httpx.Client]
    MakeScript = Callable[..., Any]

OK = httpx.Response(200, json={"fine": True})
THROTTLED = httpx.Response(429)
BROKEN = httpx.Response(500)


def test_a_fault_that_passes_is_repeated(
    client: Open, script: MakeScript, time: VirtualTime
) -> None:
    wire = script(BROKEN, httpx.ConnectError("no route"), OK)
    assert client(wire).get("things").status_code == 200
    assert len(wire.asked) == 3
    assert time.waits == [1.0, 2.0]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_these_statuses_are_repeated(client: Open, script: MakeScript, status: int) -> None:
    wire = script(httpx.Response(status), OK)
    assert client(wire).get("things").status_code == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 501])
def test_these_statuses_are_not_repeated(client: Open, script: MakeScript, status: int) -> None:
    wire = script(httpx.Response(status), OK)
    assert client(wire).get("things").status_code == status


def test_a_fault_that_stays_ends_the_tries(
    client: Open, script: MakeScript, time: VirtualTime
) -> None:
    wire = script(BROKEN)
    assert client(wire).get("things").status_code == 500
    assert len(wire.asked) == 4
    assert time.waits == [1.0, 2.0, 4.0]


def test_what_changes_something_is_never_sent_twice(client: Open, script: MakeScript) -> None:
    wire = script(BROKEN, OK)
    assert client(wire).post("things").status_code == 500
    assert len(wire.asked) == 1


def test_what_was_refused_before_it_ran_is_sent_again_if_that_was_asked_for(
    client: Open, script: MakeScript
) -> None:
    wire = script(THROTTLED, BROKEN, OK)
    extensions = {REPEATABLE_WHEN_THROTTLED: True}
    assert client(wire).patch("things", extensions=extensions).status_code == 500
    assert len(wire.asked) == 2


def test_retry_after_in_seconds_is_honoured(
    client: Open, script: MakeScript, time: VirtualTime
) -> None:
    wire = script(httpx.Response(503, headers={"Retry-After": "17"}), OK)
    client(wire).get("things")
    assert time.waits == [17.0]


def test_not_all_come_back_at_the_moment_that_was_named(
    script: MakeScript, time: VirtualTime
) -> None:
    wire = script(httpx.Response(429, headers={"Retry-After": "7"}), OK)
    policy = RetryPolicy(spread_s=2.0, jitter=lambda _, most: most)
    layer = RetryLayer(wire, time.control, time.clock, policy)
    layer.handle_request(httpx.Request("GET", "https://api.example/"))
    assert time.waits == [9.0]


def test_retry_after_as_a_date_is_honoured(
    client: Open, script: MakeScript, time: VirtualTime
) -> None:
    date = {"Retry-After": "Mon, 05 Jan 2026 12:00:30 GMT"}
    wire = script(httpx.Response(429, headers=date), OK)
    client(wire).get("things")
    assert sum(time.waits) == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("Mon, 05 Jan 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("Mon, 05 Jan 99999999 11:00:00 GMT", None),
    ],
)
def test_a_retry_after_that_says_nothing_useful_is_none(text: str, seconds: float | None) -> None:
    response = httpx.Response(429, headers=[(b"Retry-After", text.encode())])
    assert retry_after_s(response, START) == seconds


def test_a_retry_after_of_a_day_is_not_waited_for(
    client: Open, script: MakeScript, time: VirtualTime
) -> None:
    wire = script(httpx.Response(429, headers={"Retry-After": "86400"}))
    response = client(wire).get("things")
    assert time.waits == []
    assert len(wire.asked) == 1
    assert isinstance(fault_of(response), ProviderThrottled)


def test_a_429_holds_back_every_other_call(
    client: Open, script: MakeScript, time: VirtualTime
) -> None:
    wire = script(httpx.Response(429, headers={"Retry-After": "20"}), OK)
    opened = client(wire)
    opened.post("things")
    assert time.waits == []
    opened.get("others")
    assert time.waits == [pytest.approx(20.0)]


def test_calls_are_spaced(client: Open, script: MakeScript, time: VirtualTime) -> None:
    opened = client(script(OK), per_second=4)
    for _ in range(5):
        opened.get("things")
    assert time.waits == [pytest.approx(0.25)] * 4


def test_calls_of_many_threads_are_spaced_together(
    client: Open, script: MakeScript, time: VirtualTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = client(script(OK), per_second=10)
    # Nobody's wait moves the clock for the others: all of them ask at the same instant.
    monkeypatch.setattr(time.control, "sleep", time.waits.append)
    threads = [threading.Thread(target=opened.get, args=("things",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(time.waits) == pytest.approx([n / 10 for n in range(1, 8)])


def test_cancelling_ends_the_tries(client: Open, script: MakeScript, time: VirtualTime) -> None:
    time.control.cancel("shutdown")
    wire = script(BROKEN)
    with pytest.raises(Cancelled, match="shutdown"):
        client(wire).get("things")
    assert wire.asked == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectError("refused"), r"cannot be reached \(refused\)"),
        (httpx.ConnectTimeout(""), "did not accept a connection"),
        (httpx.ReadTimeout(""), "did not answer in time"),
        (httpx.RemoteProtocolError("half a body"), "broke off"),
        (httpx.ReadError("reset"), "broke off"),
        (httpx.ProxyError("407"), "cannot be reached through the proxy"),
    ],
)
def test_a_fault_of_the_network_is_worded(
    client: Open, script: MakeScript, error: Exception, words: str
) -> None:
    with pytest.raises(ProviderUnreachable, match=f"api.example {words}") as raised:
        client(script(error)).get("things")
    assert raised.value.__cause__ is error
    assert raised.value.remedy


def test_a_url_of_another_kind_is_not_tried_again(
    client: Open, script: MakeScript, time: VirtualTime
) -> None:
    with pytest.raises(ProviderUnreachable, match="neither http nor https"):
        client(script(httpx.UnsupportedProtocol(""))).get("things")
    assert time.waits == []


def test_a_body_that_cannot_be_decompressed_is_unreadable(client: Open, script: MakeScript) -> None:
    with pytest.raises(AnswerUnreadable, match="decompressed"):
        client(script(httpx.DecodingError("bad gzip"))).get("things")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, CredentialsRefused),
        (403, PermissionMissing),
        (429, ProviderThrottled),
        (408, ProviderUnreachable),
        (503, ProviderUnreachable),
        (302, AnswerUnreadable),
        (404, AnswerUnreadable),
    ],
)
def test_each_status_has_its_fault(
    client: Open, script: MakeScript, status: int, kind: type[SeatsyncError]
) -> None:
    elsewhere = {"Location": "https://elsewhere.example/"}
    response = client(script(httpx.Response(status, headers=elsewhere))).get("things?key=hush")
    with pytest.raises(kind, match=f"api.example/v1/things .*{status}.*: because") as raised:
        raise_for_answer(response, "because")
    assert "hush" not in str(raised.value)


def test_a_redirect_is_not_followed(client: Open, script: MakeScript) -> None:
    wire = script(httpx.Response(307, headers={"Location": "https://elsewhere.example/"}), OK)
    assert client(wire).get("things").status_code == 307


def test_a_byte_order_mark_is_tolerated(client: Open, script: MakeScript) -> None:
    response = client(script(httpx.Response(200, content=b'\xef\xbb\xbf{"a": 1}'))).get("things")
    assert decoded(response, msgspec.json.Decoder(dict[str, int])) == {"a": 1}


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b'{"a": "\xff"}', b'{"a": 1'])
def test_garbage_is_unreadable(client: Open, script: MakeScript, body: bytes) -> None:
    response = client(script(httpx.Response(200, content=body))).get("things")
    with pytest.raises(AnswerUnreadable, match=r"api\.example/v1/things"):
        decoded(response, msgspec.json.Decoder(dict[str, str]))


def test_the_log_holds_no_query_header_or_body(
    client: Open, script: MakeScript, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Authorization": "Bearer hush-1"}
    client(script(OK)).request("GET", "things?key=hush-2", headers=headers, content=b"hush-3")
    assert "GET api.example/v1/things: 200" in caplog.text
    assert "hush" not in caplog.text


def test_the_log_tells_of_a_call_without_an_answer(
    client: Open, script: MakeScript, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="seatsync.http")
    with pytest.raises(ProviderUnreachable):
        client(script(httpx.ReadTimeout(""))).get("things")
    assert caplog.text.count("no answer") == 4


def test_proxies_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", "direct.example")
    assert proxy_for("https", "api.example") == "http://proxy.example:3128"
    assert proxy_for("https", "direct.example") is None
    monkeypatch.delenv("https_proxy")
    monkeypatch.setenv("all_proxy", "http://all.example:1")
    assert proxy_for("https", "api.example") == "http://all.example:1"
