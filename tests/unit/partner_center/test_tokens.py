"""Tokens: asked for rightly, shared, and never used before what came with them is kept."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import ValidationError

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import CredentialsRefused, DatabaseBusy, NotApplicable
from seatsync.sdk.context import ConnectorContext, MemoryState
from seatsync.sdk.sign_in import SignInRequest
from seatsync.sdk.simulator import slow
from seatsync_partner_center.settings import PartnerCenterSettings
from seatsync_partner_center.simulator.entra import EntraRefusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_partner_center.connector import PartnerCenterConnector
    from seatsync_partner_center.simulator import Simulator
    from virtual_time import VirtualTime

    Connect = Callable[..., PartnerCenterConnector]

NOBODY = "00000000-0000-4000-8000-000000000000"


class Full(MemoryState):
    """A store whose disk is full from the first write on."""

    def store(self, name: str, value: str) -> None:
        raise DatabaseBusy("the disk is full")


def _list(connector: PartnerCenterConnector) -> None:
    for _ in connector.customers():
        pass


def _kept_in(time: VirtualTime, state: MemoryState) -> ConnectorContext:
    return ConnectorContext("test", state=state, control=time.control, clock=time.clock)


@pytest.mark.parametrize("endpoint", ["v1", "v2"])
@pytest.mark.parametrize("app_user", [False, True])
def test_both_endpoints_give_tokens_for_the_right_api_in_both_modes(
    connect: Connect, endpoint: str, *, app_user: bool
) -> None:
    _list(connect(app_user=app_user, token_endpoint=endpoint))


def test_an_audience_that_is_retired_is_refused_with_a_remedy(connect: Connect) -> None:
    with pytest.raises(CredentialsRefused) as raised:
        _list(connect(audience="https://graph.windows.net"))
    assert raised.value.remedy


def test_many_threads_refresh_once(partner: Simulator, connect: Connect) -> None:
    customer = partner.add_customer("Example Bakery")
    connector = connect(max_requests_per_second=10_000)
    _list(connector)
    partner.entra.revoke_access_tokens()
    partner.faults.plan("/token", slow(0.1))
    threads = [
        threading.Thread(
            target=lambda: list(connector.subscriptions(RemoteCustomer(customer, "any")))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert partner.entra.tokens_given == 2


def test_a_rotated_refresh_token_is_used_the_next_time(
    partner: Simulator, connect: Connect, time: VirtualTime
) -> None:
    context = _kept_in(time, MemoryState())
    first = partner.settings("http://unused.example", app_user=True)["refresh_token"]
    _list(connect(context, app_user=True, refresh_token=first))
    partner.entra.refresh_tokens.discard(first)
    _list(connect(context, app_user=True, refresh_token=first))


def test_a_refresh_token_that_cannot_be_stored_keeps_its_access_token_from_being_used(
    partner: Simulator, connect: Connect, time: VirtualTime
) -> None:
    with pytest.raises(DatabaseBusy):
        _list(connect(_kept_in(time, Full()), app_user=True))
    assert partner.entra.tokens_given == 1
    assert partner.state.log.calls == []


def test_an_answer_without_a_refresh_token_leaves_the_old_one(
    partner: Simulator, connect: Connect, time: VirtualTime
) -> None:
    partner.entra.rotates = False
    context = _kept_in(time, MemoryState())
    _list(connect(context, app_user=True))
    assert context.state.load("refresh_token") is None
    _list(connect(context, app_user=True))


def test_a_refresh_token_that_is_new_in_the_configuration_goes_before_the_kept_one(
    partner: Simulator, connect: Connect, time: VirtualTime
) -> None:
    context = _kept_in(time, MemoryState())
    _list(connect(context, app_user=True))
    partner.entra.refresh_tokens.clear()
    with pytest.raises(CredentialsRefused):
        _list(connect(context, app_user=True, refresh_token="revoked"))  # noqa: S106
    fresh = partner.entra.new_refresh_token()
    _list(connect(context, app_user=True, refresh_token=fresh))


def test_app_only_keeps_nothing(connect: Connect, time: VirtualTime) -> None:
    context = _kept_in(time, MemoryState())
    _list(connect(context))
    assert context.state.load("refresh_token") is None


def test_no_secret_is_in_a_log_an_error_or_a_representation(
    partner: Simulator, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connector = connect(app_user=True)
    _list(connector)
    kept = str(connector._grants.load())
    partner.entra.refusal = EntraRefusal("invalid_grant", 50173)
    partner.entra.revoke_access_tokens()
    with pytest.raises(CredentialsRefused) as raised:
        _list(connector)
    said = f"{caplog.text}{raised.value!r}{raised.value.remedy}{connector._settings!r}{kept}"
    for secret in (partner.entra.client_secret, *partner.entra.refresh_tokens, "eyJ"):
        assert secret not in said


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant_id": "../other"},
        {"mode": "other"},
        {"refresh_token": "x"},
        {"client_secret": ""},
        {"base_url": "no address"},
        {"max_requests_per_second": 0},
        {"page_size": 501},
        {"unknown": 1},
    ],
)
def test_a_setting_that_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    good = {"tenant_id": NOBODY, "client_id": NOBODY, "client_secret": "s"}
    PartnerCenterSettings.model_validate(good)
    with pytest.raises(ValidationError):
        PartnerCenterSettings.model_validate({**good, **wrong})


def test_the_default_rate_is_below_the_documented_quota() -> None:
    default = PartnerCenterSettings.model_fields["max_requests_per_second"].default
    assert default * 60 <= 500


def _browser(seen: list[str], **changed: str) -> Callable[[str], None]:
    """Return a browser in which a person signs in; `changed` tampers with what it brings back."""

    def show(address: str) -> None:
        seen.append(address)
        redirected = httpx.get(address).headers["Location"]
        if changed:
            redirected = str(httpx.URL(redirected).copy_merge_params(changed))
        threading.Thread(
            target=httpx.get, args=(redirected.replace("localhost", "127.0.0.1"),)
        ).start()

    return show


def test_a_sign_in_keeps_a_refresh_token_that_works(partner: Simulator, connect: Connect) -> None:
    connector, seen = connect(mode="app_user"), list[str]()
    consents = connector.sign_in(SignInRequest(_browser(seen), port=0))
    assert [consent.state for consent in consents] == ["GRANTED", "GRANTED"]
    _list(connector)
    asked = parse_qs(urlsplit(seen[0]).query)
    assert asked["redirect_uri"][0].startswith("http://localhost:")
    assert asked["code_challenge_method"] == ["S256"]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [("access_denied", 65004, "declined"), ("access_denied", 90094, "only an administrator")],
)
def test_a_sign_in_that_is_declined_says_by_whom(
    partner: Simulator, connect: Connect, error: str, code: int, words: str
) -> None:
    partner.entra.consent_refusal = EntraRefusal(error, code)
    with pytest.raises(CredentialsRefused, match=words):
        connect(mode="app_user").sign_in(SignInRequest(_browser([]), port=0))


def test_a_redirect_of_another_sign_in_is_not_taken(connect: Connect) -> None:
    with pytest.raises(CredentialsRefused, match="another sign-in"):
        connect(mode="app_user").sign_in(SignInRequest(_browser([], state="other"), port=0))


def test_a_sign_in_that_nobody_does_ends(connect: Connect) -> None:
    request = SignInRequest(lambda _: None, port=0, patience_s=0.2)
    with pytest.raises(CredentialsRefused, match="nobody signed in"):
        connect(mode="app_user").sign_in(request)


def test_app_only_needs_no_sign_in(connect: Connect) -> None:
    with pytest.raises(NotApplicable):
        connect().sign_in(SignInRequest(lambda _: None, port=0))
