"""The agent with its API: jobs, schedule and HTTP in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.bootstrap.entry_point import WEB_APPLICATION, load_from
from seatsync.bootstrap.server import serve, web_config

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from seatsync.bootstrap.agent import Agent


def serve_agent(agent: Agent, listening: socket.socket, on_ready: Callable[[], None]) -> None:
    """Run the agent and answer requests until SIGINT or SIGTERM, then put everything down."""
    app = load_from(WEB_APPLICATION)(agent)
    config = web_config(app, agent.config.server.limits.request_bytes)
    agent.start()
    try:
        serve(config, listening, on_ready)
    finally:
        agent.stop()
