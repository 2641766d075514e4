"""`seatsync serve`: the long-running agent."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

import click

from seatsync.bootstrap.agent import open_agent
from seatsync.bootstrap.server import listen
from seatsync.bootstrap.web import serve_agent
from seatsync.cli.options import config_option, read_config

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger(__name__)


@click.command()
@config_option
def serve(config_path: Path) -> None:
    """Run the agent: schedule, jobs and GraphQL, until SIGTERM or Ctrl-C.

    Jobs that are not done by then are handed back, and taken up by the next start.
    """
    config = read_config(config_path)
    server = config.server
    with closing(listen(server.host, server.port)) as listening, open_agent(config) as agent:
        address = f"http://{server.host}:{server.port}"
        serve_agent(agent, listening, lambda: LOG.info("GraphQL is at %s/graphql", address))
