"""Ask as two hundred clients at once, for a minute, while the agent syncs.

Every client asks its next question as soon as the last one is answered. A sync is measured
alone before and after, over and over the same work: every subscription has changed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import TYPE_CHECKING

import load_mix
from api_client import exchange
from load_agent import Running, running
from load_mix import Mix
from sync import machine

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIENTS, SECONDS = 200, 60.0
CUSTOMERS, SUBSCRIPTIONS = 1_000, 20_000
SYNCS_ALONE = 3
"""How often a sync is measured alone before the clients come, and after they have gone."""

MOST_TIMES = 2.0
"""How much longer a sync may take beside the clients than alone."""


@dataclass
class Told:
    """What the clients were told."""

    seconds: list[float] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


async def main() -> int:
    """Print the figures; return 1 if there was an error, or a sync took too long."""
    given = arguments()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), given.customers, given.subscriptions) as agent,
    ):
        await agent.until_ready()
        alone, beside, told = await measure(agent, given.clients, given.seconds)
    print(report(given, alone, beside, told))
    found = errors(told) + ([] if given.quick else delays(alone, beside))
    print("", *found, sep="\n" if found else "")
    return 1 if found else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--quick", action="store_true", help="small, to see that it works")
    given = parser.parse_args()
    if given.quick:
        given.clients, given.seconds, given.customers, given.subscriptions = 5, 2.0, 5, 50
    return given


async def measure(
    agent: Running, clients: int, seconds: float
) -> tuple[list[float], list[float], Told]:
    """Return the seconds of syncs alone and beside the clients, and what the clients were told."""
    random = Random(1)  # noqa: S311 - the same questions each time
    await agent.sync()  # the first one finds everything new
    await load_mix.fill(agent, random)
    await agent.sync()
    alone = [await agent.sync() for _ in range(SYNCS_ALONE)]
    mix, told = await Mix.of(agent), Told()
    until = time.monotonic() + seconds
    asking = asyncio.gather(
        *(client(agent.port, mix, Random(number), until, told) for number in range(clients))  # noqa: S311
    )
    beside = [await agent.sync()]
    while time.monotonic() < until:
        beside.append(await agent.sync())
    await asking
    alone += [await agent.sync() for _ in range(SYNCS_ALONE)]
    return alone, beside, told


async def client(port: int, mix: Mix, random: Random, until: float, told: Told) -> None:
    """Ask question after question on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    while time.monotonic() < until:
        name, request = mix.request(random)
        started = time.perf_counter()
        body = await exchange(reader, writer, request)
        told.seconds.append(time.perf_counter() - started)
        told.asked[name] += 1
        if problem := wrong(body):
            told.errors.append(f"{name}: {problem}")
    writer.close()


def wrong(body: bytes) -> str | None:
    """Return what is wrong with an answer, or None."""
    if b'"errors":' not in body and b'"userErrors":[{' not in body:
        return None
    return json.dumps(json.loads(body))[:500]


def report(
    given: argparse.Namespace, alone: Sequence[float], beside: Sequence[float], told: Told
) -> str:
    """Return the figures as a Markdown table."""
    cuts = quantiles(told.seconds, n=100)
    times = median(beside) / median(alone)
    scale = (
        f"{given.clients} clients for {given.seconds:g} s; every sync finds all of"
        f" {given.subscriptions:,} subscriptions changed; {machine()}\n"
    )
    lines = [
        scale,
        "| | |",
        "|---|--:|",
        f"| answers per second | {len(told.seconds) / given.seconds:.0f} |",
        f"| errors | {len(told.errors)} |",
        f"| an answer, median | {cuts[49] * 1000:.0f} ms |",
        f"| an answer, 99th percentile | {cuts[98] * 1000:.0f} ms |",
        f"| a sync alone, median of {len(alone)} | {median(alone):.2f} s |",
        f"| a sync beside the clients, median of {len(beside)} | {median(beside):.2f} s |",
        f"| times as long as alone (at most {MOST_TIMES:g}) | {times:.2f} |",
    ]
    return "\n".join(lines)


def errors(told: Told) -> list[str]:
    """Return, one sentence each, the first errors."""
    return [f"an error was told: {error}" for error in told.errors[:5]]


def delays(alone: Sequence[float], beside: Sequence[float]) -> list[str]:
    """Return a sentence if syncs take too long beside the clients."""
    if median(beside) <= MOST_TIMES * median(alone):
        return []
    return [f"a sync takes more than {MOST_TIMES:g} times as long as alone"]


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
