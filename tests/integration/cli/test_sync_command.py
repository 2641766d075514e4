"""`seatsync sync`: what it does, prints and exits with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from seatsync.sdk.simulator import answers

if TYPE_CHECKING:
    from cli_shell import Shell
    from seatsync_pax8.simulator import Simulator


def _count(shell: Shell, table: str) -> int:
    with closing(sqlite3.connect(shell.config.with_name("seatsync.db"))) as connection:
        [(count,)] = connection.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
        return int(count)


def test_a_sync_that_leaves_nothing_out_exits_with_0_and_prints_its_counts(shell: Shell) -> None:
    result = shell.run("sync", "pax8-lab")
    assert result.exit_code == 0, result.output
    assert "Sync of pax8-lab: SUCCEEDED" in result.stdout
    assert _count(shell, "subscription") == 12


def test_without_a_terminal_progress_is_plain_lines_on_stderr(shell: Shell) -> None:
    result = shell.run("sync", "pax8-lab")
    assert "Syncing pax8-lab" in result.stderr
    assert "\x1b" not in result.stderr


def test_a_sync_that_leaves_a_record_out_exits_with_3_and_says_which(
    shell: Shell, pax8: Simulator
) -> None:
    broken = next(iter(pax8.state.subscriptions.ids()))
    pax8.set_quantity(broken, 2.5)
    result = shell.run("sync", "pax8-lab")
    assert result.exit_code == 3, result.output
    assert "PARTIAL" in result.stdout
    assert broken in result.stderr
    assert _count(shell, "subscription") == 11


def test_a_sync_with_wrong_credentials_exits_with_1_and_a_remedy(
    shell: Shell, pax8: Simulator
) -> None:
    pax8.state.client_secret = "another"  # noqa: S105 - opens nothing
    result = shell.run("sync", "pax8-lab")
    assert result.exit_code == 1, result.output
    assert "CREDENTIALS_REFUSED" in result.stderr
    assert "Traceback" not in result.output


def test_a_dry_run_tells_what_would_be_done_and_writes_nothing(
    shell: Shell, pax8: Simulator
) -> None:
    result = shell.run("sync", "pax8-lab", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "nothing was written" in result.stdout
    assert "SETTING_DISABLED" in result.stdout
    for table in ("subscription", "provider_account", "sync_run", "report_entry", "job"):
        assert _count(shell, table) == 0, table


def test_a_dry_run_after_a_sync_shows_only_what_has_changed_since(
    shell: Shell, pax8: Simulator
) -> None:
    shell.run("sync", "pax8-lab")
    first, second, *_ = pax8.state.subscriptions.ids()
    pax8.set_quantity(first, 77)
    pax8.remove_subscription(second)
    result = shell.run("sync", "pax8-lab", "--dry-run")
    counts = _counts(result.stdout)
    assert counts == {
        "fetched": 11,
        "created": 0,
        "updated": 1,
        "unchanged": 10,
        "unassigned": 0,
        "missing": 1,
        "failed": 0,
    }
    assert "quantity: 1 -> 77" in result.stdout


def test_the_sync_after_a_dry_run_does_what_it_told(shell: Shell, pax8: Simulator) -> None:
    shell.run("sync", "pax8-lab")
    first, second, *_ = pax8.state.subscriptions.ids()
    pax8.set_quantity(first, 77)
    pax8.remove_subscription(second)
    told = _counts(shell.run("sync", "pax8-lab", "--dry-run").stdout)
    assert _counts(shell.run("sync", "pax8-lab").stdout) == told


def test_a_dry_run_against_a_provider_that_is_down_exits_with_1(
    shell: Shell, pax8: Simulator
) -> None:
    pax8.faults.plan("/v1/companies", answers(403), times=100)
    result = shell.run("sync", "pax8-lab", "--dry-run")
    assert result.exit_code == 1, result.output
    assert result.stderr.count("Error: ") == 1


def test_an_unknown_provider_is_a_bad_argument_that_names_the_known_ones(shell: Shell) -> None:
    result = shell.run("sync", "nope")
    assert result.exit_code == 2
    assert "'nope' is not configured; configured are: pax8-lab" in result.stderr


def _counts(output: str) -> dict[str, int]:
    rows = [line.strip("│ ").split("│") for line in output.splitlines() if line.count("│") == 3]
    return {name.strip(): int(count) for name, count in rows}
