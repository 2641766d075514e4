"""Measure the pull from a simulated Dataverse beside its floor: reading every row and keeping none.

The first push is of a mirror with a tenth of the records, to an organisation that has none.

The service and every piece of work run in processes of their own, one at a time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync import HERE, Measured, machine, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACCOUNTS, SUBSCRIPTIONS = 50_000, 500_000
PUSHED = 10
"""The first push is of one record in so many."""
TABLES = 6
WORKS = (
    ("read", "floor: read every row"),
    ("pull", "first pull, an empty mirror"),
    ("pull", "pull, nothing changed"),
    ("edit", "pull, 1 % of the contracts changed"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one piece of work took, and how many requests."""

    label: str
    measured: Measured
    requests: int
    has_floor: bool = True


class Service:
    """The simulated Dataverse, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Wait until it is filled and served."""
        self._process = process
        self.settings: dict[str, Any] = self._answer()

    def tell(self, command: str) -> int:
        """Let it obey a command, and return what it says."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        number: int = self._answer()
        return number

    def _answer(self) -> Any:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        return json.loads(self._process.stdout.readline())


@contextmanager
def service(accounts: int, subscriptions: int) -> Iterator[Service]:
    """Start a simulated Dataverse of this size, and end it afterwards."""
    command = [sys.executable, str(HERE / "crm_service.py"), str(accounts), str(subscriptions)]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Service(process)
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.close()


def measure_work(crm: Service, work: str, database: str) -> Measured:
    """Do one piece of work in a process of its own."""
    return measure(work, crm.settings, database, "crm_work.py")


def measure_all(crm: Service, database: str) -> Iterator[Taken]:
    """Do everything once, from an empty database on."""
    for work, label in WORKS:
        if work == "edit":
            crm.tell("edit")
        crm.tell("requests")
        measured = measure_work(crm, "read" if work == "read" else "pull", database)
        yield Taken(label, measured, crm.tell("requests"))


def measure_push(accounts: int, subscriptions: int, database: str) -> Taken:
    """Fill a mirror from one organisation, and measure how an empty one is told all of it."""
    with service(accounts, subscriptions) as full:
        measure_work(full, "pull", database)
    with service(0, 0) as empty:
        empty.tell("requests")
        measured = measure_work(empty, "push", database)
        label = f"first push of {subscriptions:,} subscriptions"
        return Taken(label, measured, empty.tell("requests"), has_floor=False)


def table(taken: Sequence[Taken]) -> str:
    """Return the Markdown table."""
    lines = [
        "| | seconds | CPU seconds | times the floor | requests | peak MiB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    floor = taken[0].measured.seconds
    lines += [
        f"| {one.label} | {one.measured.seconds:.2f} | {one.measured.cpu:.2f}"
        f" | {_ratio(one, floor)} | {one.requests} | {one.measured.peak_mib:.0f} |"
        for one in taken
    ]
    return "\n".join(lines)


def _ratio(taken: Taken, floor: float) -> str:
    return f"{taken.measured.seconds / floor:.2f} x" if taken.has_floor else ""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--quick", action="store_true", help="a small size, to see that it works")
    given = parser.parse_args()
    if given.quick:
        given.accounts, given.subscriptions = 50, 500
    return given


def main() -> int:
    """Print the table; return 1 if an idle pull asked more than it must."""
    given = arguments()
    with tempfile.TemporaryDirectory() as folder:
        with service(given.accounts, given.subscriptions) as crm:
            taken = list(measure_all(crm, f"sqlite:///{folder}/seatsync.db"))
        pushed = given.accounts // PUSHED, given.subscriptions // PUSHED
        taken.append(measure_push(*pushed, f"sqlite:///{folder}/pushed.db"))
    size = f"{given.accounts:,} accounts, {given.subscriptions:,} subscriptions"
    print(f"{size}, as many license changes; {machine()}\n")
    print(table(taken))
    return 0 if taken[2].requests <= TABLES + 2 else 1


if __name__ == "__main__":
    sys.exit(main())
