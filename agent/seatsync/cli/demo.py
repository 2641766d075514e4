"""`seatsync demo`: try it, without any account anywhere."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from seatsync.demo.memory import Memory
from seatsync.demo.show import show


@click.command(
    epilog="""\b
Examples:
  seatsync demo
  seatsync demo --port 9000 --fresh"""
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8365,
    show_default=True,
    help="Where GraphiQL is; 0 takes any free port.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Where the demo keeps its database.",
)
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    default=20.0,
    show_default=True,
    help="How often something happens at the providers.",
)
@click.option("--fresh", is_flag=True, help="Begin anew instead of going on.")
def demo(port: int, folder: Path, every_s: float, *, fresh: bool) -> None:
    """Run the agent on simulated providers with fictional customers, until Ctrl-C.

    Everything is in one process and on this machine. The terminal says what to try.
    """
    memory = Memory(folder)
    with suppress(KeyboardInterrupt):
        show(memory, port, every_s, click.echo, fresh=fresh)
