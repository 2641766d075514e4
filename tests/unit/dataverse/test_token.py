"""Tokens through msal, on an Entra that answers from a script."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

from seatsync.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    ProviderThrottled,
    ProviderUnreachable,
    SeatsyncError,
)
from seatsync_dataverse.sign_in_error import fault_of_sign_in
from seatsync_dataverse.token import MsalTokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync_dataverse.settings import DataverseSettings
    from virtual_time import VirtualTime

    Sign = Callable[..., MsalTokens]

DISCOVERY = "/tenant/v2.0/.well-known/openid-configuration"
INSTANCES = "/common/discovery/instance"
TOKEN = "/tenant/oauth2/v2.0/token"  # noqa: S105 - an address


class Entra(httpx.BaseTransport):
    """Describes itself, and gives a new token each time; `answers` come first."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.given = 0
        self.scheme: str | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.path == DISCOVERY:
            return httpx.Response(200, json=self._described(request))
        if request.url.path == INSTANCES:
            return httpx.Response(200, json={"metadata": []})
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        self.given += 1
        token = f"token-{self.given}"
        return httpx.Response(
            200, json={"access_token": token, "expires_in": 3599, "token_type": "Bearer"}
        )

    def _described(self, request: httpx.Request) -> dict[str, str]:
        base = f"{self.scheme or request.url.scheme}://{request.url.netloc.decode()}"
        return {
            "issuer": f"{base}/tenant/v2.0",
            "authorization_endpoint": f"{base}/tenant/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}{TOKEN}",
        }

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]


@pytest.fixture
def sign(settings: Callable[..., DataverseSettings], time: VirtualTime) -> Iterator[Sign]:
    opened: list[MsalTokens] = []

    def sign_in(entra: Entra, **changed: Any) -> MsalTokens:
        whole = settings(
            **{"authority": "https://login.example", "max_requests_per_second": 1e9, **changed}
        )
        opened.append(MsalTokens(whole, time.context, entra))
        return opened[-1]

    yield sign_in
    for tokens in opened:
        tokens.close()


def refusal(error: str, *codes: int, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"error": error, "error_codes": list(codes)})


def test_nothing_is_sent_before_the_first_token_is_wanted(sign: Sign) -> None:
    entra = Entra()
    sign(entra)
    assert entra.asked == []


def test_a_token_is_for_the_organisation_and_is_kept(sign: Sign) -> None:
    entra = Entra()
    tokens = sign(entra)
    assert (tokens.token(), tokens.token()) == ("token-1", "token-1")
    assert entra.paths == [DISCOVERY, TOKEN]
    form = parse_qs(entra.asked[-1].content.decode())
    assert form["scope"] == ["https://crm.example/.default"]
    assert form["grant_type"] == ["client_credentials"]


def test_only_a_token_that_is_still_the_newest_is_replaced(sign: Sign) -> None:
    tokens = sign(Entra())
    first = tokens.token()
    second = tokens.token(refused=first)
    assert second == "token-2"
    assert tokens.token(refused=first) == "token-2"


def test_many_threads_ask_once(sign: Sign) -> None:
    entra = Entra()
    tokens = sign(entra)
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(tokens.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["token-1"] * 8
    assert entra.paths == [DISCOVERY, TOKEN]


@pytest.mark.parametrize("described", ["http", "https"])
def test_an_authority_without_tls_can_be_talked_to(sign: Sign, described: str) -> None:
    entra = Entra()
    entra.scheme = described
    assert sign(entra, authority="http://127.0.0.1:8081").token() == "token-1"
    assert {f"{asked.url.scheme}:{asked.url.port}" for asked in entra.asked} == {"http:8081"}


def test_microsofts_own_authority_is_the_only_one_that_is_asked_about(sign: Sign) -> None:
    entra = Entra()
    tokens = sign(entra, authority="https://login.microsoftonline.com")
    tokens.token(refused=tokens.token())
    assert INSTANCES in entra.paths
    assert {asked.url.host for asked in entra.asked} == {"login.microsoftonline.com"}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refusal("invalid_client", 7000215, status=401), "the secret's value"),
        (refusal("invalid_client", 7000222, status=401), "has expired"),
        (refusal("unauthorized_client", 700016), "not an application of this tenant"),
        (refusal("invalid_resource", 500011), "knows no organisation"),
        (refusal("access_denied"), "tenant_id, client_id and client_secret"),
    ],
)
def test_a_refusal_says_what_to_do(sign: Sign, answer: httpx.Response, words: str) -> None:
    with pytest.raises(CredentialsRefused) as raised:
        sign(Entra(answer)).token()
    assert words in (raised.value.remedy or "")


def test_a_refusal_is_not_for_ever(sign: Sign) -> None:
    entra = Entra(refusal("invalid_client", 7000215, status=401))
    tokens = sign(entra)
    with pytest.raises(CredentialsRefused):
        tokens.token()
    assert tokens.token() == "token-1"


def test_a_tenant_that_is_none_is_told(sign: Sign) -> None:
    entra = Entra()
    with pytest.raises(CredentialsRefused, match="does not say") as raised:
        sign(entra, tenant_id="nobody").token()
    assert "tenant_id" in (raised.value.remedy or "")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(503), ProviderUnreachable),
        (httpx.Response(429), ProviderThrottled),
        (httpx.ReadTimeout("slow"), ProviderUnreachable),
        (httpx.ConnectError("refused"), ProviderUnreachable),
        (httpx.Response(200, content=b"<html>"), AnswerUnreadable),
        (httpx.Response(200, json={"access_token": "é"}), AnswerUnreadable),
        (httpx.Response(200, json={"access_token": ""}), AnswerUnreadable),
        (httpx.Response(200, json=[]), AnswerUnreadable),
        (httpx.Response(302, headers={"Location": "/elsewhere"}), AnswerUnreadable),
    ],
)
def test_what_is_no_token_is_a_fault_of_ours(
    sign: Sign, answer: httpx.Response | Exception, kind: type[SeatsyncError]
) -> None:
    with pytest.raises(kind):
        sign(Entra(*[answer] * 5)).token()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"Location": "/elsewhere"}),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"authorization_endpoint": "x", "token_endpoint": "nowhere"}),
    ],
)
def test_what_is_no_authority_is_told(sign: Sign, answer: httpx.Response) -> None:
    class Other(Entra):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return answer

    with pytest.raises(CredentialsRefused, match="does not say where it gives tokens"):
        sign(Other()).token()


def test_a_fault_that_passes_is_waited_for(sign: Sign, time: VirtualTime) -> None:
    assert sign(Entra(httpx.Response(503), httpx.ReadTimeout("slow"))).token() == "token-1"
    assert len([wait for wait in time.waits if wait > 1e-6]) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "invalid_client", "error_description": "AADSTS7000222: for hush"},
        {"error": "invalid_client", "error_codes": [7000222], "error_description": "hush"},
        {},
        {"error": None, "error_codes": "many"},
    ],
)
def test_a_description_is_never_repeated(answer: dict[str, Any]) -> None:
    fault = fault_of_sign_in(answer)
    assert isinstance(fault, CredentialsRefused)
    assert "hush" not in f"{fault} {fault.remedy}"


def test_the_secret_is_in_no_repr(sign: Sign) -> None:
    tokens = sign(Entra())
    tokens.token()
    assert "hush" not in f"{tokens!r} {vars(tokens)!r}"
    assert "token-1" not in repr(tokens)
