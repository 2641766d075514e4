"""Measure the API beside others that answer the same question from the same database.

Every contender has a process of its own; one at a time is asked. Rounds follow each other, so
that what else the machine does hits all of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import yaml

from api_client import ask, get, load, post
from api_mirror import agent_statements, fill
from api_questions import LARGEST_PAGE, ONE_PAGE, TWO_PAGES
from sync import machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HERE = Path(__file__).parent
OUTSIDE = HERE.parent / ".venv-outside" / "bin" / "python"
CUSTOMERS, SUBSCRIPTIONS = 1_000, 10_000
SIZES = (100, 1_000)
ROUNDS, SECONDS, CONNECTIONS = 5, 2.0, 8


@dataclass(frozen=True, slots=True)
class Contender:
    """Who answers: a program, and the Python that runs it."""

    name: str
    label: str
    program: str
    python: str = sys.executable


RAW = Contender("raw", "raw JSON, the same server", "api_ours.py")
OURS = Contender("ours", "seatsync", "api_ours.py")
CORE = Contender("core", "graphql-core, documents cached", "api_core.py")
ARIADNE = Contender("ariadne", "Ariadne", "api_ariadne.py", str(OUTSIDE))
CONTENDERS = tuple(one for one in (OURS, RAW, CORE, ARIADNE) if Path(one.python).exists())
"""Everybody whose environment has been made."""

Figures = dict[tuple[str, int], float]
"""Answers per second, by contender and rows."""


@contextmanager
def served(command: Sequence[str]) -> Iterator[int]:
    """Start a server, and end it afterwards; give its port."""
    with subprocess.Popen(  # noqa: S603 - our own programs
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None  # noqa: S101 - they are pipes
        assert process.stdout is not None  # noqa: S101
        yield int(process.stdout.readline())
        process.stdin.close()


def describe(folder: Path) -> tuple[str, str]:
    """Write the agent's configuration and the description of the rows; return their paths."""
    database = folder / "seatsync.db"
    config, rows = folder / "config.yaml", folder / "rows.json"
    config.write_text(yaml.safe_dump({"database": {"url": f"sqlite:///{database}"}}))
    rows.write_text(json.dumps({"database": str(database), "statements": agent_statements()}))
    return str(config), str(rows)


@contextmanager
def all_served(folder: Path) -> Iterator[dict[str, int]]:
    """Start every contender; give their ports."""
    config, rows = describe(folder)
    with ExitStack() as stack:

        def start(contender: Contender, *arguments: str) -> int:
            command = [contender.python, str(HERE / contender.program), *arguments]
            return stack.enter_context(served(command))

        ports = {OURS.name: start(OURS, config, rows)}
        ports[RAW.name] = ports[OURS.name]
        ports |= {one.name: start(one, rows) for one in CONTENDERS if one.name not in ports}
        yield ports


def request(contender: Contender, rows: int, after: str) -> bytes:
    """Return the request for so many rows; `after` is where the second page begins."""
    first = min(rows, LARGEST_PAGE)
    variables: dict[str, Any] = {"first": first} | ({"after": after} if rows > first else {})
    if contender is RAW:
        return get(f"/rows?{urlencode(variables)}")
    query = TWO_PAGES if rows > first else ONE_PAGE
    return post("/graphql", json.dumps({"query": query, "variables": variables}).encode())


async def requests(ports: Mapping[str, int]) -> dict[tuple[str, int], bytes]:
    """Return what is sent to whom; everybody must give the same answers."""
    first = json.loads(await ask(ports["raw"], request(RAW, LARGEST_PAGE, "")))
    after = first["data"]["page"]["pageInfo"]["endCursor"]
    made = {(one.name, rows): request(one, rows, after) for one in CONTENDERS for rows in SIZES}
    for rows in SIZES:
        answers = [
            json.loads(await ask(ports[one.name], made[one.name, rows])) for one in CONTENDERS
        ]
        if any(answer != answers[0] for answer in answers):
            raise SystemExit(f"the contenders do not agree about {rows} rows")
    return made


async def measure(ports: Mapping[str, int], rounds: int, seconds: float) -> list[Figures]:
    """Measure round after round."""
    sent = await requests(ports)
    return [
        {
            key: await load(ports[key[0]], request, CONNECTIONS, seconds)
            for key, request in sent.items()
        }
        for _ in range(rounds)
    ]


def ratio(rounds: Sequence[Figures], name: str, rows: int) -> float:
    """Return the median, over all rounds, of our figure divided by a contender's."""
    return median(one[OURS.name, rows] / one[name, rows] for one in rounds)


def table(rounds: Sequence[Figures]) -> str:
    """Return the Markdown table of all rounds."""
    lines = [
        "| | " + " | ".join(f"{rows:,} rows/answer | seatsync is" for rows in SIZES) + " |",
        "|---|" + "--:|--:|" * len(SIZES),
    ]
    for one in CONTENDERS:
        cells = []
        for rows in SIZES:
            answers = median(figures[one.name, rows] for figures in rounds)
            times = "" if one is OURS else f"{ratio(rounds, one.name, rows):.2f} x"
            cells += [f"{answers:.1f} answers/s", times]
        lines.append(f"| {one.label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def shortfalls(rounds: Sequence[Figures]) -> list[str]:
    """Return, one sentence each, where graphql-core alone is ahead."""
    return [
        f"{rows} rows: {ratio(rounds, CORE.name, rows):.2f} times graphql-core alone"
        for rows in SIZES
        if ratio(rounds, CORE.name, rows) <= 1
    ]


def main() -> int:
    """Print the table; return 1 if `--strict` is on and graphql-core alone is ahead."""
    given = arguments()
    with tempfile.TemporaryDirectory() as folder:
        fill(f"sqlite:///{folder}/seatsync.db", given.customers, given.subscriptions)
        with all_served(Path(folder)) as ports:
            rounds = asyncio.run(measure(ports, given.rounds, given.seconds))
    print(
        f"{given.subscriptions:,} subscriptions, {CONNECTIONS} connections; medians of"
        f" {given.rounds} round(s) of {given.seconds:g} s; {machine()}\n"
    )
    print(table(rounds))
    found = [] if given.quick else shortfalls(rounds)
    print("", *found, sep="\n" if found else "")
    return 1 if given.strict and found else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--quick", action="store_true", help="short, to see that it works")
    parser.add_argument("--strict", action="store_true", help="fail if graphql-core is ahead")
    given = parser.parse_args()
    if given.quick:
        given.customers, given.subscriptions = 100, 1_200
        given.rounds, given.seconds = 1, 0.2
    return given


if __name__ == "__main__":
    sys.exit(main())
