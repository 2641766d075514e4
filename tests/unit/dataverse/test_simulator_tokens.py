"""The simulated Dataverse gives tokens as Entra does, and takes no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import msal
import pytest

from simulated_crm import simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm


class Plain(httpx.HTTPTransport):
    """Talks http to what is called https."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http")
        return super().handle_request(request)


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def sign_in_with_msal(crm: SimulatedCrm, secret: str) -> dict[str, object]:
    entra = crm.simulator.entra
    authority = f"{crm.origin.replace('http:', 'https:')}/{entra.tenant_id}"
    with httpx.Client(transport=Plain()) as client:
        application = msal.ConfidentialClientApplication(
            entra.client_id,
            client_credential=secret,
            authority=authority,
            http_client=client,
            instance_discovery=False,
        )
        answer = application.acquire_token_for_client([f"{crm.origin}/.default"])
        return dict(answer or {})


def test_msal_gets_a_token_that_is_accepted(crm: SimulatedCrm) -> None:
    answer = sign_in_with_msal(crm, crm.simulator.entra.client_secret)
    crm.http.headers["Authorization"] = f"Bearer {answer['access_token']}"
    assert crm.get("WhoAmI").status_code == 200


def test_msal_is_told_of_a_wrong_secret(crm: SimulatedCrm) -> None:
    answer = sign_in_with_msal(crm, "wrong")
    assert answer["error"] == "invalid_client"
    assert answer["error_codes"] == [7000215]


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 400, "unauthorized_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "http://crm.example//.default"}, 400, "invalid_scope"),
        ({"scope": "http://crm.example/user_impersonation"}, 400, "invalid_scope"),
    ],
)
def test_a_request_that_is_not_right_gets_no_token(
    crm: SimulatedCrm, changed: dict[str, str], status: int, error: str
) -> None:
    answer = crm.token(**changed)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_consent_can_be_missing(crm: SimulatedCrm) -> None:
    crm.simulator.entra.refusal = (400, "invalid_grant", 65001)
    assert crm.token().json()["error_codes"] == [65001]
    crm.simulator.entra.refusal = None
    assert crm.token().status_code == 200


def test_a_token_is_good_for_about_an_hour(crm: SimulatedCrm) -> None:
    crm.clock.advance(3598)
    assert crm.get("WhoAmI").status_code == 200
    crm.clock.advance(1)
    assert crm.get("WhoAmI").status_code == 401


def test_without_a_good_token_the_answer_is_no_json_and_names_the_tenant(
    crm: SimulatedCrm,
) -> None:
    crm.simulator.entra.revoke()
    answer = crm.get("WhoAmI")
    assert answer.status_code == 401
    assert answer.content == b""
    assert crm.simulator.entra.tenant_id in answer.headers["WWW-Authenticate"]


def test_who_am_i_names_the_application_user(crm: SimulatedCrm) -> None:
    user_id = crm.get("WhoAmI").json()["UserId"]
    [user] = crm.get(f"systemusers?$select=fullname&$filter=systemuserid eq {user_id}").json()[
        "value"
    ]
    assert user["fullname"] == "# seatsync"


def test_every_answer_has_the_hint_of_parallelism_and_an_affinity_cookie(
    crm: SimulatedCrm,
) -> None:
    answer = crm.get("WhoAmI")
    assert answer.headers["x-ms-dop-hint"] == "8"
    assert "ARRAffinity" in answer.headers["Set-Cookie"]
    assert answer.headers["x-ms-service-request-id"]


def test_it_is_seen_whether_a_client_keeps_the_cookie(crm: SimulatedCrm) -> None:
    crm.get("WhoAmI")
    assert crm.simulator.traffic.cookies_returned == 0
    crm.get("WhoAmI")
    assert crm.simulator.traffic.cookies_returned == 1
