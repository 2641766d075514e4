"""Measure a sync beside its floors: fetching only, and fetching with raw upserts.

The simulated provider and every piece of work run in processes of their own, one at a time.
Rounds follow each other, so that what else the machine does hits all of them alike.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HERE = Path(__file__).parent
CUSTOMERS, SUBSCRIPTIONS, ROUNDS = 10_000, 100_000, 3
CHANGED_EVERY = 100
"""One subscription in so many changes before the last sync of a round."""

MOST_MIB = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """What one piece of work took: wall and processor seconds, and memory at its peak."""

    seconds: float
    cpu: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; a bound is a factor and the piece of work it is a factor of."""

    name: str
    label: str
    factor: float | None = None
    floor: str | None = None


FETCH = Row("fetch", "floor: fetch only")
UPSERT = Row("upsert", "floor: fetch, decode, upsert")
FLOORS = (FETCH, UPSERT)
SYNCS = (
    Row("cold", "sync, everything new", 3.0, "upsert"),
    Row("same", "sync, nothing changed", 1.5, "fetch"),
    Row("changed", "sync, 1 % changed", 2.0, "fetch"),
)


class Provider:
    """The simulated provider, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Wait until it serves, and learn where."""
        self._process = process
        self.settings = {**json.loads(self._answer()), "max_requests_per_second": 1e9}

    def change(self) -> None:
        """Change every hundredth subscription."""
        print(CHANGED_EVERY, file=self._process.stdin, flush=True)
        self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        return self._process.stdout.readline()


@contextmanager
def provider(customers: int, subscriptions: int) -> Iterator[Provider]:
    """Start a simulated provider of this size, and end it afterwards."""
    command = [sys.executable, str(HERE / "provider.py"), str(customers), str(subscriptions)]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Provider(process)
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.close()


def measure(
    work: str, settings: Mapping[str, Any], database: str, program: str = "work.py"
) -> Measured:
    """Do one piece of work in a process of its own; start-up is not in its figures."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(HERE / program), work, database],
        input=json.dumps(settings),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def measure_round(source: Provider, database: str | None) -> dict[str, Measured]:
    """Measure every piece of work once, from an empty database on."""
    with tempfile.TemporaryDirectory() as folder:
        embedded = f"sqlite:///{folder}/seatsync.db"
        taken = {
            row.name: measure(row.name, source.settings, f"sqlite:///{folder}/floor.db")
            for row in FLOORS
        }
        for row in SYNCS:
            if row.name == "changed":
                source.change()
            taken[row.name] = measure("sync", source.settings, database or embedded)
    return taken


def medians(rounds: Sequence[Mapping[str, Measured]]) -> dict[str, Measured]:
    """Return the median of each figure of each piece of work."""
    return {
        name: Measured(
            median(one[name].seconds for one in rounds),
            median(one[name].cpu for one in rounds),
            max(one[name].peak_mib for one in rounds),
        )
        for name in rounds[0]
    }


def ratio(row: Row, rounds: Sequence[Mapping[str, Measured]]) -> float | None:
    """Return the median, over all rounds, of a sync's time divided by its floor's."""
    if row.floor is None:
        return None
    return median(one[row.name].seconds / one[row.floor].seconds for one in rounds)


def table(rounds: Sequence[Mapping[str, Measured]]) -> str:
    """Return the Markdown table of all rounds."""
    lines = [
        "| | seconds | CPU seconds | times its floor | at most | peak MiB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in (*FLOORS, *SYNCS):
        taken = medians(rounds)[row.name]
        times = ratio(row, rounds)
        lines.append(
            f"| {row.label} | {taken.seconds:.2f} | {taken.cpu:.2f}"
            f" | {'' if times is None else f'{times:.2f} x {row.floor}'}"
            f" | {'' if row.factor is None else f'{row.factor:.1f} x'} | {taken.peak_mib:.0f} |"
        )
    return "\n".join(lines)


def excesses(rounds: Sequence[Mapping[str, Measured]]) -> list[str]:
    """Return, one sentence each, the bounds that were not kept."""
    found = []
    for row in SYNCS:
        times, peak = ratio(row, rounds), medians(rounds)[row.name].peak_mib
        if times is not None and row.factor is not None and times > row.factor:
            found.append(f"{row.label}: {times:.2f} times its floor; the bound is {row.factor}")
        if peak > MOST_MIB:
            found.append(f"{row.label}: {peak:.0f} MiB; the bound is {MOST_MIB} MiB")
    return found


def machine() -> str:
    """Describe the machine as far as figures depend on it."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory_gib:.0f} GiB, {platform.system()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--quick", action="store_true", help="a small size, to see that it works")
    parser.add_argument("--database", help="sync into this empty, migrated database, in one round")
    parser.add_argument("--strict", action="store_true", help="fail if a bound is not kept")
    given = parser.parse_args()
    if given.quick:
        given.customers, given.subscriptions, given.rounds = 50, 500, 1
    if given.database:
        given.rounds = 1
    return given


def main() -> int:
    """Print the table; return 1 if `--strict` is on and a bound is not kept."""
    given = arguments()
    with provider(given.customers, given.subscriptions) as source:
        rounds = [measure_round(source, given.database) for _ in range(given.rounds)]
    size = f"{given.customers:,} customers, {given.subscriptions:,} subscriptions"
    print(f"{size}; medians of {given.rounds} round(s); {machine()}\n")
    print(table(rounds))
    found = [] if given.quick else excesses(rounds)
    print("", *found, sep="\n" if found else "")
    return 1 if given.strict and found else 0


if __name__ == "__main__":
    sys.exit(main())
