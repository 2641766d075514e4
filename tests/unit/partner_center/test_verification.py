"""Verify Connectivity: for every state of the consent table, the right stage and remedy."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.connectivity import CheckOutcome, ConsentKind, ConsentState
from seatsync.sdk.context import ConnectorContext, MemoryState
from seatsync.sdk.simulator import answers, dropped, throttled
from seatsync_partner_center.sign_in_state import MEANINGS, STATE_OF_CODE, SignInState, state_of
from seatsync_partner_center.simulator.entra import EntraRefusal
from seatsync_partner_center.verification import ABOUT_CONSENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.connectivity import ConnectivityCheck, Consent
    from seatsync_partner_center.connector import PartnerCenterConnector
    from seatsync_partner_center.simulator import Simulator
    from virtual_time import VirtualTime

    Connect = Callable[..., PartnerCenterConnector]

STAGES = ["token", "consent", "permission to list customers", "one page of customers"]
ERRORS = {
    SignInState.SECRET_INVALID: "invalid_client",
    SignInState.SECRET_EXPIRED: "invalid_client",
    SignInState.APP_NOT_IN_TENANT: "unauthorized_client",
    SignInState.APP_DISABLED: "unauthorized_client",
    SignInState.APP_MISCONFIGURED: "invalid_resource",
    SignInState.TENANT_WRONG: "invalid_request",
    SignInState.RETRY: "temporarily_unavailable",
}


def _failed(connector: PartnerCenterConnector) -> ConnectivityCheck:
    """Return the stage that failed; those before it passed, those after it were skipped."""
    checks = list(connector.verify())
    assert [check.name for check in checks] == STAGES
    [position] = [n for n, check in enumerate(checks) if check.outcome is CheckOutcome.FAILED]
    assert all(check.outcome is CheckOutcome.PASSED for check in checks[:position])
    assert all(check.outcome is CheckOutcome.SKIPPED for check in checks[position + 1 :])
    return checks[position]


def _by_kind(consents: Any) -> dict[ConsentKind, Consent]:
    return {consent.kind: consent for consent in consents}


@pytest.mark.parametrize("app_user", [False, True])
def test_a_connection_that_is_well_passes_every_stage(connect: Connect, *, app_user: bool) -> None:
    checks = list(connect(app_user=app_user).verify())
    assert [check.outcome for check in checks] == [CheckOutcome.PASSED] * 4


@pytest.mark.parametrize("state", list(SignInState))
def test_a_refused_sign_in_fails_its_stage_with_its_remedy(
    partner: Simulator, connect: Connect, state: SignInState
) -> None:
    code = next(code for code, of in STATE_OF_CODE.items() if of is state)
    partner.entra.refusal = EntraRefusal(ERRORS.get(state, "invalid_grant"), code)
    check = _failed(connect(app_user=True))
    assert check.name == ("consent" if state in ABOUT_CONSENT else "token")
    assert MEANINGS[state].what in check.message
    assert check.remedy
    assert check.remedy.startswith(MEANINGS[state].remedy.partition("{")[0])


@pytest.mark.parametrize("code", list(STATE_OF_CODE))
def test_every_documented_code_is_told_apart(code: int) -> None:
    assert state_of("invalid_grant", [code]) is STATE_OF_CODE[code]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("invalid_grant", SignInState.RECONSENT_REVOKED),
        ("interaction_required", SignInState.RECONSENT_POLICY),
        ("invalid_client", SignInState.SECRET_INVALID),
        ("unauthorized_client", SignInState.APP_NOT_IN_TENANT),
        ("access_denied", SignInState.CONSENT_DECLINED),
        ("something_new", SignInState.APP_MISCONFIGURED),
    ],
)
def test_a_code_that_is_not_documented_falls_back_to_the_error(
    error: str, state: SignInState
) -> None:
    assert state_of(error, [999999]) is state


def test_an_error_that_may_pass_is_believed_whatever_its_code() -> None:
    assert state_of("temporarily_unavailable", [7000222]) is SignInState.RETRY


def test_a_wrong_tenant_fails_the_token(connect: Connect) -> None:
    check = _failed(connect(tenant_id="00000000-0000-4000-8000-000000000000"))
    assert check.name == "token"
    assert "tenant_id" in (check.remedy or "")


def test_an_application_that_the_tenant_does_not_know_fails_the_token(connect: Connect) -> None:
    check = _failed(connect(client_id="00000000-0000-4000-8000-000000000000"))
    assert check.name == "token"
    assert "adminconsent?client_id=00000000" in (check.remedy or "")


def test_a_wrong_secret_fails_the_token_and_is_not_shown(connect: Connect) -> None:
    check = _failed(connect(client_secret="wrong-and-secret"))  # noqa: S106 - opens nothing
    assert (check.name, check.message) == (
        "token",
        "the client secret is wrong (invalid_client, AADSTS7000215)",
    )
    assert "wrong-and-secret" not in repr(check)


def test_no_refresh_token_at_all_fails_the_consent(connect: Connect) -> None:
    check = _failed(connect(mode="app_user"))
    assert check.name == "consent"
    assert "seatsync consent" in (check.remedy or "")


def test_a_network_that_does_not_answer_fails_the_token(
    partner: Simulator, connect: Connect
) -> None:
    partner.faults.plan("/token", dropped(), times=9)
    check = _failed(connect())
    assert check.name == "token"
    assert "Check the network" in (check.remedy or "")


def test_an_entra_that_is_too_busy_fails_the_token_as_what_passes(
    partner: Simulator, connect: Connect
) -> None:
    partner.faults.plan("/token", throttled("1"), times=9)
    assert "call rate" in _failed(connect()).message


@pytest.mark.parametrize(
    ("claims", "stage", "words"),
    [
        ({"aud": "https://graph.windows.net"}, "token", "not for Partner Center"),
        ({"tid": "00000000-0000-4000-8000-000000000000"}, "token", "the token is of tenant"),
        ({"scp": "User.Read"}, "consent", "the token's scope is User.Read"),
        ({"amr": ["pwd"]}, "consent", "the token has no claim of MFA"),
    ],
)
def test_a_token_that_partner_center_would_refuse_is_told_early(
    partner: Simulator, connect: Connect, claims: dict[str, Any], stage: str, words: str
) -> None:
    partner.entra.claims = claims
    check = _failed(connect(app_user=True))
    assert check.name == stage
    assert words in check.message


def test_a_token_may_name_the_api_by_its_id_and_the_settings_the_tenant_by_a_domain(
    partner: Simulator, connect: Connect
) -> None:
    partner.entra.claims = {
        "aud": "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
        "tid": partner.entra.tenant_id,
    }
    partner.entra.tenant_id = "partner.example"
    checks = list(connect(tenant_id="Partner.example").verify())
    assert [check.outcome for check in checks] == [CheckOutcome.PASSED] * 4


def test_a_sign_in_without_mfa_fails_the_consent_by_the_header(
    partner: Simulator, connect: Connect
) -> None:
    partner.state.quirks.mfa_compliant = False
    check = _failed(connect(app_user=True))
    assert check.name == "consent"
    assert "MFA" in (check.remedy or "")


def test_a_sign_in_without_mfa_fails_the_consent_by_the_code(
    partner: Simulator, connect: Connect
) -> None:
    partner.refuse_path("/v1/profiles/legalbusiness", 401, "900421", "MFA required")
    check = _failed(connect(app_user=True))
    assert check.name == "consent"
    assert "multi-factor" in (check.remedy or "")


def test_a_header_about_mfa_that_does_not_come_is_no_failure(
    partner: Simulator, connect: Connect
) -> None:
    partner.state.quirks.mfa_compliant = None
    assert all(check.outcome is CheckOutcome.PASSED for check in connect(app_user=True).verify())


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "900150", "Admin Agent"),
        (403, "900308", "Admin Agent"),
        (401, "400", "App management"),
        (401, "900420", "audience"),
        (403, "900329", "app_user"),
        (403, "2030", "partner agreement"),
    ],
)
def test_a_role_or_registration_that_lacks_fails_the_permission(
    partner: Simulator, connect: Connect, status: int, code: str, words: str
) -> None:
    partner.refuse_path("/v1/customers", status, code)
    check = _failed(connect())
    assert check.name == "permission to list customers"
    assert words in (check.remedy or "")


def test_a_page_that_cannot_be_read_fails_the_last_stage(
    partner: Simulator, connect: Connect
) -> None:
    partner.faults.plan("customers.size=500", answers(200, b"not json"))
    assert _failed(connect()).name == "one page of customers"


def test_a_refresh_token_that_runs_out_soon_is_warned_of(
    partner: Simulator, connect: Connect, time: VirtualTime
) -> None:
    context = ConnectorContext("test", state=MemoryState(), control=time.control, clock=time.clock)
    connector = connect(context, app_user=True)
    connector._grants.store(partner.entra.new_refresh_token())
    partner.entra.rotates = False
    time.clock.passed_s += timedelta(days=61).total_seconds()
    consent = list(connector.verify())[1]
    assert consent.outcome is CheckOutcome.WARNING
    assert "runs out on 2026-04-05" in consent.message
    user = _by_kind(connector.consents())[ConsentKind.USER]
    assert (user.state, str(user.expires_at)[:10]) == (ConsentState.GRANTED, "2026-04-05")
    assert user.remedy


def test_the_consents_of_an_application_need_no_user(connect: Connect) -> None:
    consents = _by_kind(connect().consents())
    assert consents[ConsentKind.ADMIN].state is ConsentState.GRANTED
    assert consents[ConsentKind.USER].state is ConsentState.NOT_REQUIRED


@pytest.mark.parametrize(
    ("code", "admin", "user"),
    [
        (700082, ConsentState.UNKNOWN, ConsentState.EXPIRED),
        (65001, ConsentState.UNKNOWN, ConsentState.MISSING),
        (50076, ConsentState.UNKNOWN, ConsentState.EXPIRED),
        (90094, ConsentState.MISSING, ConsentState.UNKNOWN),
        (700016, ConsentState.MISSING, ConsentState.UNKNOWN),
        (7000222, ConsentState.UNKNOWN, ConsentState.UNKNOWN),
    ],
)
def test_consents_tell_the_administrators_from_the_users(
    partner: Simulator, connect: Connect, code: int, admin: ConsentState, user: ConsentState
) -> None:
    partner.entra.refusal = EntraRefusal("invalid_grant", code)
    consents = _by_kind(connect(app_user=True).consents())
    assert consents[ConsentKind.ADMIN].state is admin
    assert consents[ConsentKind.USER].state is user
    assert consents[ConsentKind.USER].remedy
