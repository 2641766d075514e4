"""`seatsync verify`, `consent` and `sync` with Partner Center, as a person runs them."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest

from seatsync_partner_center.sign_in_state import MEANINGS, STATE_OF_CODE, SignInState
from seatsync_partner_center.simulator.entra import EntraRefusal
from seatsync_partner_center.verification import ABOUT_CONSENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli_shell import Shell
    from seatsync_partner_center.simulator import Simulator

    Configured = Callable[..., Shell]


def _column(shell: Shell, query: str) -> list[object]:
    with closing(sqlite3.connect(shell.config.with_name("seatsync.db"))) as connection:
        return [value for (value,) in connection.execute(query)]


def _failed_stage(output: str) -> str:
    [line] = [line for line in output.splitlines() if line.strip().startswith("failed")]
    return line.split("failed", 1)[1].partition(":")[0].strip()


@pytest.mark.parametrize("app_user", [False, True])
def test_verify_says_that_all_is_well(shell: Configured, *, app_user: bool) -> None:
    result = shell(app_user=app_user).run("verify", "csp")
    assert result.exit_code == 0, result.output
    assert "HEALTHY" in result.output


@pytest.mark.parametrize("state", list(SignInState))
def test_verify_tells_every_state_of_the_consent_table_by_its_stage_and_remedy(
    partner: Simulator, shell: Configured, state: SignInState
) -> None:
    code = next(code for code, of in STATE_OF_CODE.items() if of is state)
    error = "temporarily_unavailable" if state is SignInState.RETRY else "invalid_grant"
    partner.entra.refusal = EntraRefusal(error, code)
    result = shell(app_user=True).run("verify", "csp")
    assert result.exit_code == 1
    assert _failed_stage(result.stdout) == ("consent" if state in ABOUT_CONSENT else "token")
    assert MEANINGS[state].remedy.partition("{")[0].strip() in result.stdout


def test_verify_tells_a_role_that_lacks(partner: Simulator, shell: Configured) -> None:
    partner.refuse_path("/v1/customers", 403, "900150")
    result = shell().run("verify", "csp")
    assert _failed_stage(result.stdout) == "permission to list customers"
    assert "Admin Agent" in result.stdout


def test_verify_tells_a_fault_of_the_network(shell: Configured) -> None:
    result = shell(authority="http://127.0.0.1:1").run("verify", "csp")
    assert _failed_stage(result.stdout) == "token"
    assert "Check the network" in result.stdout


def test_consent_keeps_what_the_sign_in_gives(
    partner: Simulator, shell: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", _sign_in)
    csp = shell(mode="app_user")
    assert csp.run("verify", "csp").exit_code == 1
    result = csp.run("consent", "csp", "--port", "0")
    assert result.exit_code == 0, result.output
    assert "USER consent GRANTED, until " in result.stdout
    assert csp.run("verify", "csp").exit_code == 0
    [kept] = _column(csp, "SELECT sealed FROM plugin_state")
    assert not any(token in str(kept) for token in partner.entra.refresh_tokens)


def _sign_in(address: str) -> None:
    redirect = httpx.get(address).headers["Location"].replace("localhost", "127.0.0.1")
    threading.Thread(target=httpx.get, args=(redirect,)).start()


def test_consent_that_is_declined_exits_with_1_and_a_remedy(
    partner: Simulator, shell: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", _sign_in)
    partner.entra.consent_refusal = EntraRefusal("access_denied", 90094)
    result = shell(mode="app_user").run("consent", "csp", "--port", "0")
    assert result.exit_code == 1
    assert "adminconsent?client_id=" in result.stderr


def test_consent_is_not_for_an_application_that_acts_for_itself(shell: Configured) -> None:
    result = shell().run("consent", "csp")
    assert result.exit_code == 1
    assert "mode: app_user" in result.stderr


def test_a_token_that_dies_in_the_middle_is_refreshed_once_and_the_run_finishes(
    partner: Simulator, shell: Configured
) -> None:
    partner.populate(30, each=1)
    _after(partner, calls=12, then=partner.entra.revoke_access_tokens)
    result = shell(app_user=True).run("sync", "csp")
    assert result.exit_code == 0, result.output
    assert partner.entra.tokens_given == 2


def test_a_refresh_that_is_refused_ends_the_run_partial_and_marks_nothing_missing(
    partner: Simulator, shell: Configured
) -> None:
    partner.populate(30, each=1)
    csp = shell(app_user=True)
    assert csp.run("sync", "csp").exit_code == 0

    def refuse() -> None:
        partner.entra.revoke_access_tokens()
        partner.entra.refusal = EntraRefusal("invalid_grant", 50173)

    _after(partner, calls=12, then=refuse)
    result = csp.run("sync", "csp")
    assert result.exit_code == 3, result.output
    assert "seatsync consent" in result.stderr
    assert _column(csp, "SELECT count(*) FROM subscription WHERE missing_since IS NULL") == [30]
    assert _column(csp, "SELECT health_state FROM provider") == ["FAILED"]
    assert csp.run("verify", "csp").exit_code == 1
    partner.entra.refusal = None
    assert csp.run("verify", "csp").exit_code == 0
    assert _column(csp, "SELECT health_state FROM provider") == ["HEALTHY"]


def _after(partner: Simulator, *, calls: int, then: Callable[[], None]) -> None:
    """Let something happen at Entra after so many more calls to Partner Center."""
    due = len(partner.state.log.calls) + calls
    accepts = partner.entra.accepts
    done: list[bool] = []

    def counting(authorization: str) -> bool:
        if len(partner.state.log.calls) >= due and not done:
            done.append(True)
            then()
        return accepts(authorization)

    partner.state.gate = counting
