"""The benchmark works; its bounds are for quiet machines and are not tested here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "sync.py"


def test_the_benchmark_prints_a_table_with_every_piece_of_work() -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "--quick"],
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    labels = [line.split("|")[1].strip() for line in done.stdout.splitlines() if "| " in line]
    assert labels == [
        "",
        "floor: fetch only",
        "floor: fetch, decode, upsert",
        "sync, everything new",
        "sync, nothing changed",
        "sync, 1 % changed",
    ]
