"""The demo from its start to Ctrl-C."""

from __future__ import annotations

import logging
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from seatsync.bootstrap.agent import Agent, open_agent
from seatsync.bootstrap.server import listen
from seatsync.bootstrap.web import serve_agent
from seatsync.config.load import Config, ProviderConfig
from seatsync.config.model import Database, Secrets, Server
from seatsync.demo.cast import ON_DEMAND, SCHEDULED
from seatsync.demo.stage import Stage
from seatsync.demo.story import tell
from seatsync.demo.theatre import Theatre
from seatsync.demo.world import World
from seatsync.sdk.context import Clock
from seatsync.sdk.registry import discover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from seatsync.demo.memory import Memory
    from seatsync.sdk.plugin import ProviderPlugin

LOG = logging.getLogger(__name__)

HOST = "127.0.0.1"
PLUGIN = "pax8"
"""The plug-in whose simulator is played on."""

_NAMES = {SCHEDULED: "Pax8 (simulated, every minute)", ON_DEMAND: "Pax8 (simulated, on demand)"}


def show(
    memory: Memory, port: int, every_s: float, say: Callable[[str], None], *, fresh: bool
) -> None:
    """Serve the demo until SIGINT or SIGTERM; `say` gets the story when all is ready.

    What an earlier demo left in `memory` goes on, unless `fresh`. Port 0 takes any free port.
    Something happens at the providers every `every_s` seconds.
    """
    plugin = discover().provider(PLUGIN)
    with closing(listen(HOST, port)) as listening, memory.taken():
        if fresh or memory.tick() is None:
            memory.forget()
        url = f"http://{HOST}:{listening.getsockname()[1]}/graphql"
        with _opened(memory, plugin, every_s) as agent:
            serve_agent(agent, listening, lambda: say(tell(url)))


@contextmanager
def _opened(memory: Memory, plugin: ProviderPlugin, every_s: float) -> Iterator[Agent]:
    """Open the agent on the simulated providers, with things happening there."""
    tick = memory.tick()
    theatre = Theatre(plugin, _world(tick or 0))
    with (
        theatre.open() as settings,
        open_agent(_config(memory, plugin, settings)) as agent,
    ):
        if tick is None:
            LOG.info("Setting the stage: customers, contracts, and the first sync.")
            Stage(agent, Clock()).set()
            memory.keep(0)
        with theatre.playing(every_s, memory.keep):
            yield agent


def _world(ticks: int) -> World:
    world = World()
    for _ in range(ticks):
        world.advance()
    return world


def _config(
    memory: Memory, plugin: ProviderPlugin, settings: Mapping[str, Mapping[str, Any]]
) -> Config:
    return Config(
        Database(url=memory.database_url),
        Server(),
        Secrets(),
        tuple(
            ProviderConfig(
                key=key,
                plugin=plugin,
                display_name=_NAMES[key],
                auto_sync=key == SCHEDULED,
                interval_minutes=1,
                settings=plugin.settings.model_validate(dict(values)),
            )
            for key, values in settings.items()
        ),
    )
