"""The other verbs: what they print and exit with."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from seatsync.cli.program import program
from seatsync.sdk.simulator import answers

if TYPE_CHECKING:
    from pathlib import Path

    from cli_shell import Shell
    from seatsync_pax8.simulator import Simulator


def test_verify_shows_every_stage_and_exits_with_0_when_healthy(shell: Shell) -> None:
    result = shell.run("verify")
    assert result.exit_code == 0, result.output
    for stage in ("configuration", "token", "permission to list customers", "one page"):
        assert f"  {stage}" in result.stdout
    assert "pax8-lab (pax8-lab): HEALTHY" in result.stdout


def test_verify_of_a_provider_that_does_not_let_us_in_exits_with_1_and_a_remedy(
    shell: Shell, pax8: Simulator
) -> None:
    pax8.faults.plan("/v1/token", answers(401, b'{"error":"access_denied"}'), times=50)
    result = shell.run("verify", "pax8-lab")
    assert result.exit_code == 1, result.output
    assert "failed   token" in result.stdout
    assert "skipped" in result.stdout


def test_verify_without_any_provider_says_what_to_add(shell: Shell) -> None:
    shell.config.write_text(f"database: {{url: 'sqlite:///{shell.config.parent}/x.db'}}")
    result = shell.run("verify")
    assert result.exit_code == 2
    assert "no provider is configured" in result.stderr


def test_the_report_as_json_has_an_entry_for_each_change(shell: Shell) -> None:
    shell.run("sync", "pax8-lab")
    result = shell.run("report", "--format", "json")
    entries = json.loads(result.stdout)
    assert len(entries) == 12
    assert {entry["unassigned_reason"] for entry in entries} == {"SETTING_DISABLED"}
    assert {entry["change"] for entry in entries} == {"CREATED"}


def test_an_empty_report_is_an_empty_array_and_a_sentence(shell: Shell) -> None:
    assert json.loads(shell.run("report", "--format", "json").stdout) == []
    assert "No sync has changed anything" in shell.run("report").stdout


def test_the_report_as_csv_holds_no_formula(shell: Shell, pax8: Simulator) -> None:
    company = pax8.add_company('=HYPERLINK("https://evil.example")')
    product = pax8.add_product("@SUM(1+1)")
    pax8.add_subscription(company, product, 1, productName="@SUM(1+1)")
    shell.run("sync", "pax8-lab")
    rows = list(csv.DictReader(io.StringIO(shell.run("report", "--format", "csv").stdout)))
    assert len(rows) == 13
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'@SUM(1+1)" in cells


def test_the_report_of_a_provider_or_a_time_leaves_the_rest_out(shell: Shell) -> None:
    shell.run("sync", "pax8-lab")
    for options in (["--provider", "other"], ["--since", "2999-01-01"]):
        result = shell.run("report", "--format", "json", *options)
        assert json.loads(result.stdout) == []


@pytest.mark.parametrize("since", ["yesterday", "7y", "2026-13-01", "999999w"])
def test_a_since_that_is_no_time_is_a_bad_argument(shell: Shell, since: str) -> None:
    result = shell.run("report", "--since", since)
    assert result.exit_code == 2
    assert "neither an instant" in result.stderr


def test_check_connects_to_nothing_and_exits_with_0(shell: Shell) -> None:
    result = shell.run("check")
    assert result.exit_code == 0
    assert "pax8-lab: Pax8, every 60 minutes" in result.stdout
    assert not shell.config.with_name("seatsync.db").exists()


@pytest.mark.parametrize("command", [["check"], ["sync", "x"], ["verify"], ["report"], ["serve"]])
def test_a_wrong_configuration_is_told_once_and_exits_with_2(
    shell: Shell, command: list[str]
) -> None:
    shell.config.write_text("sever: {}\nserver: {port: x}\n")
    result = shell.run(*command)
    assert result.exit_code == 2
    assert "config.yaml has 2 problems" in result.stderr
    assert "did you mean `server`?" in result.stderr


def test_migrate_makes_the_database_and_does_nothing_the_second_time(shell: Shell) -> None:
    assert "came from nothing" in shell.run("migrate").stdout
    result = shell.run("migrate")
    assert (result.exit_code, "was there already" in result.stdout) == (0, True)


def test_plugins_lists_the_settings_of_what_is_installed(shell: Shell) -> None:
    result = shell.run("plugins", takes_config=False)
    assert result.exit_code == 0
    assert "client_secret" in result.stdout
    assert "required, secret" in result.stdout


def test_plugins_lists_the_crm_beside_the_connectors(shell: Shell) -> None:
    shown = shell.run("plugins", takes_config=False).stdout
    assert "a CRM that is kept in step" in shown
    assert shown.index("dataverse") < shown.index("partner_center")


def test_schema_prints_the_sdl(shell: Shell) -> None:
    result = shell.run("schema", takes_config=False)
    assert result.exit_code == 0
    assert "type Query" in result.stdout


def test_every_command_has_help_that_starts_with_a_sentence(shell: Shell) -> None:
    for name, command in program.commands.items():
        result = shell.run(name, "--help", takes_config=False)
        assert result.exit_code == 0, name
        assert command.help, name
        assert command.help.splitlines()[0].endswith((".", ":", ",")), name


def test_a_database_that_cannot_be_opened_is_told_with_a_remedy(
    shell: Shell, tmp_path: Path
) -> None:
    shell.config.write_text(f"database: {{url: 'sqlite:///{tmp_path}/no/such/folder/x.db'}}")
    result = shell.run("report")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr
    assert "Traceback" not in result.output


def test_a_file_that_is_no_database_is_told(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "seatsync.db").write_bytes(b"this is a letter to my aunt" * 100)
    result = shell.run("report")
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
