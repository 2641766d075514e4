"""`seatsync worker`: jobs only, beside an agent."""

from __future__ import annotations

import logging
import signal
import threading
from typing import TYPE_CHECKING

import click

from seatsync.bootstrap.agent import open_agent
from seatsync.cli.options import config_option, read_config
from seatsync.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger(__name__)


@click.command()
@config_option
def worker(config_path: Path) -> None:
    """Do jobs, and nothing else, until SIGTERM or Ctrl-C; start as many as the work needs.

    The schedule and the API are those of `seatsync serve`, which does jobs too. Workers share a
    PostgreSQL database; jobs that are not done at the end are handed back to the others.
    """
    config = read_config(config_path)
    if config.database.is_sqlite:
        raise SetupError(
            "a worker needs a database that machines can share, and database.url names a file",
            remedy="Use PostgreSQL, or let `seatsync serve` do the jobs, as it does by itself.",
        )
    asked_to_stop = _signalled()
    with open_agent(config) as agent, agent.working():
        LOG.info("The worker waits for jobs.")
        asked_to_stop.wait()


def _signalled() -> threading.Event:
    """Return what is set as soon as somebody asks the process to end."""
    event = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: event.set())
    return event
