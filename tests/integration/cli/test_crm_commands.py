"""`seatsync crm`: what it makes, what it compares, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cli_shell import Shell
from seatsync_dataverse.customization import POLL_S
from seatsync_dataverse.simulator import SettableClock, Simulator
from simulated_crm import switchboard

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def dataverse(clock: SettableClock) -> Simulator:
    """An organisation in which nobody has set up anything."""
    return Simulator(clock)


@pytest.fixture
def crm_shell(
    dataverse: Simulator, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    board, origin = switchboard()
    board.app = dataverse.app
    settings: dict[str, Any] = {
        **dataverse.settings(origin),
        "max_requests_per_second": 10_000,
    }
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({"crm": {"plugin": "dataverse", "settings": settings}}))
    # The organisation's time passes instead of ours.
    monkeypatch.setattr(
        "seatsync.sdk.context.Control.sleep", lambda _self, _s: clock.advance(POLL_S)
    )
    return Shell(config)


def test_an_empty_organisation_lacks_everything_and_the_check_says_so_at_once(
    crm_shell: Shell,
) -> None:
    result = crm_shell.run("crm", "check")
    assert result.exit_code == 1
    for table in ("syn_billingcontract", "syn_subscription", "syn_licensechange"):
        assert table in result.stdout
    assert "problem(s)." in result.stdout


def test_set_up_makes_what_is_missing_once_and_then_the_check_is_content(
    crm_shell: Shell, dataverse: Simulator
) -> None:
    first = crm_shell.run("crm", "setup")
    assert first.exit_code == 0, first.output
    assert "Done: " in first.stdout
    dataverse.forget()
    again = crm_shell.run("crm", "setup")
    assert (again.exit_code, again.stdout) == (0, "Nothing was missing.\n")
    assert dataverse.journal == []
    assert dataverse.requests(method="POST|PUT|PATCH") == dataverse.requests("/token")
    check = crm_shell.run("crm", "check")
    assert (check.exit_code, check.stdout) == (0, "The CRM has what seatsync needs.\n")


@pytest.mark.parametrize("verb", ["setup", "check"])
def test_the_mirror_itself_needs_no_preparation(tmp_path: Path, verb: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("")
    result = Shell(config).run("crm", verb)
    assert result.exit_code == 2
    assert "the mirror itself is the CRM" in result.stderr


def test_a_secret_that_has_expired_is_told_with_a_remedy(
    crm_shell: Shell, dataverse: Simulator
) -> None:
    dataverse.entra.refusal = (401, "invalid_client", 7000222)
    result = crm_shell.run("crm", "check")
    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert dataverse.entra.client_secret not in result.output


def test_the_check_of_the_configuration_names_the_crm(crm_shell: Shell, tmp_path: Path) -> None:
    assert "Dynamics 365) at http://127.0.0.1" in crm_shell.run("check").stdout
    local = tmp_path / "local.yaml"
    local.write_text("")
    assert "crm        the mirror itself" in Shell(local).run("check").stdout
