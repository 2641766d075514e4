"""Bearer tokens: cached, renewed, shared, and never shown."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from seatsync.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    ProviderUnreachable,
    SeatsyncError,
)
from seatsync.sdk.http import REPEATABLE, Token, TokenAuth

if TYPE_CHECKING:
    from virtual_time import VirtualTime

Open = Callable[..., httpx.Client]


class Vendor(httpx.BaseTransport):
    """Gives numbered tokens, and accepts only the newest."""

    def __init__(self, lifetime_s: float = 3600) -> None:
        self.lifetime_s = lifetime_s
        self.given = 0
        self.asked: list[str | None] = []
        self.token_answer: httpx.Response | None = None
        self.accepts = True
        self.fault: httpx.TransportError | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.fault is not None:
            raise self.fault
        if request.url.path == "/token":
            return self.give()
        authorization = request.headers.get("Authorization")
        self.asked.append(authorization)
        good = self.accepts and authorization == f"Bearer secret-{self.given}"
        return httpx.Response(200 if good else 401)

    def give(self) -> httpx.Response:
        self.given += 1
        answer = {"access_token": f"secret-{self.given}", "expires_in": self.lifetime_s}
        return self.token_answer or httpx.Response(200, json=answer)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def auth(time: VirtualTime) -> TokenAuth:
    def ask() -> httpx.Request:
        body = {"client_secret": "hush"}
        extensions = {REPEATABLE: True}
        return httpx.Request(
            "POST", "https://login.example/token", json=body, extensions=extensions
        )

    return TokenAuth(ask, time.clock, remedy="Renew the secret.")


def test_one_token_serves_many_calls(client: Open, vendor: Vendor, auth: TokenAuth) -> None:
    opened = client(vendor, auth)
    assert [opened.get("things").status_code for _ in range(3)] == [200] * 3
    assert vendor.given == 1


def test_a_token_is_renewed_five_minutes_before_its_end(
    client: Open, vendor: Vendor, auth: TokenAuth, time: VirtualTime
) -> None:
    opened = client(vendor, auth)
    opened.get("things")
    time.clock.passed_s = 3600 - 301
    opened.get("things")
    assert vendor.given == 1
    time.clock.passed_s = 3600 - 299
    opened.get("things")
    assert vendor.given == 2


def test_a_short_token_is_used_for_most_of_its_life(
    client: Open, vendor: Vendor, auth: TokenAuth, time: VirtualTime
) -> None:
    vendor.lifetime_s = 60
    opened = client(vendor, auth)
    opened.get("things")
    time.clock.passed_s = 53
    opened.get("things")
    assert vendor.given == 1
    time.clock.passed_s = 55
    opened.get("things")
    assert vendor.given == 2


def test_a_401_is_answered_with_a_new_token_once(
    client: Open, vendor: Vendor, auth: TokenAuth
) -> None:
    opened = client(vendor, auth)
    opened.get("things")
    vendor.given += 1  # somebody else got a newer one
    assert opened.get("things").status_code == 200
    assert vendor.asked[-2:] == ["Bearer secret-1", "Bearer secret-3"]


def test_a_401_that_stays_is_returned(client: Open, vendor: Vendor, auth: TokenAuth) -> None:
    vendor.accepts = False
    assert client(vendor, auth).get("things").status_code == 401
    assert len(vendor.asked) == 2


def test_threads_share_one_renewal(client: Open, vendor: Vendor, auth: TokenAuth) -> None:
    opened = client(vendor, auth)
    barrier = threading.Barrier(6)

    def ask() -> None:
        barrier.wait()
        opened.get("things")

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert vendor.given == 1
    assert vendor.asked == ["Bearer secret-1"] * 6


def test_a_refused_token_is_renewed_once_for_all_threads(auth: TokenAuth) -> None:
    vendor = Vendor()
    stale = drive(auth, vendor, None)
    assert drive(auth, vendor, stale).value == "secret-2"
    assert drive(auth, vendor, stale).value == "secret-2"
    assert vendor.given == 2


def drive(auth: TokenAuth, vendor: Vendor, refused: Token | None) -> Token:
    """Get a token as a thread does that was refused with `refused`."""
    flow = auth._current(refused)
    try:
        request = next(flow)
        response = vendor.give()
        response.request = request
        flow.send(response)
    except StopIteration as done:
        token: Token = done.value
        return token
    raise AssertionError("asked for more than one token")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(401, json={"error": "access_denied"}), CredentialsRefused),
        (httpx.Response(400, json={"error": "invalid_client"}), CredentialsRefused),
        (httpx.Response(403), CredentialsRefused),
        (httpx.Response(500), ProviderUnreachable),
        (httpx.Response(404), AnswerUnreadable),
        (httpx.Response(200, content=b"<html>hush</html>"), AnswerUnreadable),
        (httpx.Response(200, json={"access_token": ""}), AnswerUnreadable),
        (httpx.Response(200, json={"access_token": "hush-ü"}), AnswerUnreadable),
        (httpx.Response(200, json={"access_token": 5}), AnswerUnreadable),
        (httpx.Response(200, json={"token": "hush"}), AnswerUnreadable),
    ],
)
def test_every_refusal_has_its_fault_and_no_secret(
    client: Open, vendor: Vendor, auth: TokenAuth, answer: httpx.Response, kind: type[Exception]
) -> None:
    vendor.token_answer = answer
    with pytest.raises(kind, match=r"login\.example") as raised:
        client(vendor, auth).get("things")
    assert "hush" not in f"{raised.value!r} {raised.value}"
    assert isinstance(raised.value, SeatsyncError)


def test_refused_credentials_say_what_to_do(client: Open, vendor: Vendor, auth: TokenAuth) -> None:
    vendor.token_answer = httpx.Response(401)
    with pytest.raises(CredentialsRefused) as raised:
        client(vendor, auth).get("things")
    assert raised.value.remedy == "Renew the secret."


def test_a_failed_renewal_lets_the_next_call_ask_again(
    client: Open, vendor: Vendor, auth: TokenAuth
) -> None:
    opened = client(vendor, auth)
    vendor.token_answer = httpx.Response(401)
    with pytest.raises(CredentialsRefused):
        opened.get("things")
    vendor.token_answer = None
    assert opened.get("things").status_code == 200


def test_renew_asks_whatever_is_kept(client: Open, vendor: Vendor, auth: TokenAuth) -> None:
    opened = client(vendor, auth)
    opened.get("things")
    auth.renew(opened)
    assert vendor.given == 2


def test_a_renewal_that_meets_no_answer_keeps_nobody_waiting(
    client: Open, vendor: Vendor, auth: TokenAuth
) -> None:
    opened = client(vendor, auth)
    vendor.fault = httpx.ReadError("gone")
    with pytest.raises(ProviderUnreachable) as kept:
        auth.renew(opened)
    vendor.fault = None
    # Who still holds the fault holds the frames that it came through, and what they hold.
    assert kept.value.__traceback__ is not None
    assert opened.get("things").status_code == 200


def test_a_token_request_is_repeated_when_the_fault_can_pass(
    client: Open, vendor: Vendor, auth: TokenAuth, time: VirtualTime
) -> None:
    vendor.token_answer = httpx.Response(503)
    with pytest.raises(ProviderUnreachable):
        client(vendor, auth).get("things")
    assert vendor.given == 4


def test_nothing_shows_the_token(client: Open, vendor: Vendor, auth: TokenAuth) -> None:
    opened = client(vendor, auth)
    opened.get("things")
    shown: list[Any] = [Token("secret-1", 5), auth, opened]
    assert "secret-1" not in "".join(map(repr, shown))
