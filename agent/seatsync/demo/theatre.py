"""The simulated providers of the demo, and the thread in which things happen there."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from seatsync.demo.cast import ON_DEMAND, SCHEDULED
from seatsync.demo.customers import CUSTOMERS
from seatsync.errors import SetupError
from seatsync.sdk.simulator import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.demo.world import World
    from seatsync.sdk.demonstration import SimulatedProvider
    from seatsync.sdk.plugin import ProviderPlugin

LOG = logging.getLogger(__name__)


class Theatre:
    """Plays a world on one simulated provider for each of the demo's provider keys."""

    def __init__(self, plugin: ProviderPlugin, world: World) -> None:
        """Make the providers, holding what the world holds now."""
        if plugin.simulator is None:
            raise SetupError(f"the plug-in {plugin.name} has no simulator to play the demo on")
        self._world = world
        self._providers: dict[str, SimulatedProvider] = {
            key: plugin.simulator() for key in (SCHEDULED, ON_DEMAND)
        }
        for customer in CUSTOMERS:
            provider = self._providers[customer.provider_key]
            provider.put_customer(customer.remote, refused=customer.refused)
        for key, subscription in world.holdings():
            self._providers[key].put_subscription(subscription)

    @contextmanager
    def open(self) -> Iterator[dict[str, dict[str, Any]]]:
        """Serve the providers; yield, for each key, the plug-in's settings that reach it."""
        with ExitStack() as stack:
            yield {
                key: provider.settings(stack.enter_context(served(provider.app)))
                for key, provider in self._providers.items()
            }

    @contextmanager
    def playing(self, every_s: float, after_tick: Callable[[int], None]) -> Iterator[None]:
        """Let something happen now and every `every_s` seconds; `after_tick` hears each tick."""
        over = threading.Event()

        def play() -> None:
            while not over.is_set():
                self.play_on()
                after_tick(self._world.tick)
                over.wait(every_s)

        thread = threading.Thread(target=play, name="seatsync-demo", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def play_on(self) -> None:
        """Let the next thing happen at the providers."""
        for event in self._world.advance():
            self._providers[event.provider_key].put_subscription(event.subscription)
            LOG.info("At %s: %s", event.provider_key, event.text)
