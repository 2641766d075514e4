"""An agent that shares a connection to ION, and is killed (SIGKILL) again and again.

`python ion_agent.py` with a JSON object as its argument: each life is a process of its own, which
ends itself at a step that is chosen by chance. The one moment that is left out is the one that no
client survives: between ION's answer to an exchange and the commit of the token it brought.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from seatsync.errors import PassingFault
from seatsync.mirror.database import Mirror
from seatsync.mirror.exclusion import MirrorExclusion
from seatsync.mirror.locks import Locks
from seatsync.mirror.vault import MirrorState, Vault
from seatsync.sdk.context import Control
from seatsync.sdk.http.wire import Wire
from seatsync.sync.connections import Connection, Connections
from seatsync_streamone_ion import PLUGIN
from seatsync_streamone_ion.connector import IonConnector
from shared_clock import SharedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.mirror.locks import Patience

PROVIDER = "ion"
TURN_S = 1.7
MOST_STEPS = 200
TIMEOUT_S = 30.0
EXCHANGE = "/oauth/token"


class Fuse:
    """Kills the process after so many steps."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def step(self) -> None:
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class FusedState(MirrorState):
    """May be the last that the process does: before and after every write but one."""

    fuse: Fuse
    exchanged = False
    """Whether ION has answered an exchange whose token is not committed yet."""

    def load(self, name: str) -> str | None:
        self.fuse.step()
        return super().load(name)

    def store(self, name: str, value: str) -> None:
        if not FusedState.exchanged:
            self.fuse.step()
        super().store(name, value)
        FusedState.exchanged = False
        self.fuse.step()


class FusedExclusion(MirrorExclusion):
    """May be the last that the process does: with the lock just taken, and before its end."""

    fuse: Fuse

    @contextmanager
    def hold(self, name: str, control: Patience) -> Iterator[None]:  # type: ignore[override]
        with super().hold(name, control):
            self.fuse.step()
            yield
            self.fuse.step()


class FusedWire(Wire):
    """May be the last that the process does: before every request, and after the listings'."""

    fuse: Fuse

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.fuse.step()
        response = super().handle_request(request)
        if request.url.path == EXCHANGE:
            FusedState.exchanged = response.status_code == httpx.codes.OK
        else:
            self.fuse.step()
        return response

    def close(self) -> None:
        """Stay open for the connectors to come."""


def live(errand: dict[str, Any], fuse: Fuse) -> None:
    """Do job after job until the hour is over, or the fuse has burnt down."""
    FusedState.fuse = FusedExclusion.fuse = FusedWire.fuse = fuse
    clock = SharedClock(Path(errand["clock"]))
    mirror = Mirror.open(errand["url"])
    vault = Vault.choose(errand["url"], key=errand["key"], key_file=None)
    locks, wire = Locks.for_mirror(mirror), FusedWire(Control(), TIMEOUT_S)
    plugin = replace(PLUGIN, connect=lambda *args: IonConnector(*args, wire=wire))
    settings = plugin.settings.model_validate(errand["settings"])
    connections = Connections(
        {PROVIDER: Connection(plugin, settings)},
        lambda key: FusedState(mirror, vault, key),
        clock,
        lambda key: FusedExclusion(locks, key),
    )
    while clock.passed_s < errand["lasts_s"]:
        with connections.open(PROVIDER, Control()) as connector:
            try:
                for _ in connector.customers():
                    pass
            except PassingFault:
                pass
        clock.advance(TURN_S)


def main() -> None:
    """Live again after every death, and print how often that was."""
    errand = json.loads(sys.argv[1])
    chance = random.Random(errand["seed"])  # noqa: S311 - to be the same every time
    clock, kills = SharedClock(Path(errand["clock"])), 0
    while clock.passed_s < errand["lasts_s"]:
        steps = chance.randrange(1, MOST_STEPS)
        child = os.fork()
        if child == 0:
            live(errand, Fuse(steps))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
            sys.exit("a life ended by an error")
        kills += os.WIFSIGNALED(status)
    print(kills)  # noqa: T201 - the answer to the test


if __name__ == "__main__":
    main()
