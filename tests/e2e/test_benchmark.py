"""The benchmarks work; their bounds are for quiet machines and are not tested here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def labels(program: str) -> list[str]:
    """Run a benchmark, small; return the first column of its table."""
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / program), "--quick"],
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.split("|")[1].strip() for line in done.stdout.splitlines() if "| " in line]


def test_the_benchmark_prints_a_table_with_every_piece_of_work() -> None:
    assert labels("sync.py") == [
        "",
        "floor: fetch only",
        "floor: fetch, decode, upsert",
        "sync, everything new",
        "sync, nothing changed",
        "sync, 1 % changed",
    ]


def test_the_api_is_measured_beside_others_who_give_the_same_answers() -> None:
    contenders = ["seatsync", "raw JSON, the same server", "graphql-core, documents cached"]
    # Ariadne takes part where its environment has been made.
    assert labels("api.py")[:4] == ["", *contenders]


def test_clients_ask_while_the_agent_syncs_and_are_told_no_error() -> None:
    assert labels("load.py")[1:3] == ["answers per second", "errors"]


def test_an_idle_pull_from_the_crm_asks_once_for_each_table() -> None:
    # It ends with 1 if the idle pull asks for more than that and two more things.
    assert labels("crm.py") == [
        "",
        "floor: read every row",
        "first pull, an empty mirror",
        "pull, nothing changed",
        "pull, 1 % of the contracts changed",
        "first push of 50 subscriptions",
    ]
