"""Conversations over a real WebSocket with an application that a thread serves."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from seatsync.bootstrap.server import web_config
from seatsync.sdk.simulator import _listen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

    from front_desk import FrontDesk

PROTOCOL = "graphql-transport-ws"
PATIENCE_S = 20


class Served:
    """A front desk that answers on a port of loopback."""

    def __init__(self, desk: FrontDesk) -> None:
        self.desk = desk
        self._listening = _listen(0)
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        config = web_config(desk.app, desk.agent.config.server.limits.request_bytes)
        config.lifespan = "off"
        self._server = uvicorn.Server(config)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=[self._run()])

    async def _run(self) -> None:
        self._server.config.load()
        self._server.lifespan = self._server.config.lifespan_class(self._server.config)
        await self._server.startup([self._listening])
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._stop.wait()
        await self._server.shutdown([self._listening])

    @contextmanager
    def open(self) -> Iterator[Served]:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._listening.close()

    @contextmanager
    def talk(self, *, greet: bool = True, **more: Any) -> Iterator[Talk]:
        """Open a conversation, past the greeting unless not to greet."""
        protocols: Any = more.pop("protocols", [PROTOCOL])
        # Connects to loopback, whatever name the request is for.
        more["sock"] = socket.create_connection(self._listening.getsockname())
        url = f"ws://{more.pop('host', self.address)}/graphql"
        with connect(url, subprotocols=protocols or None, proxy=None, **more) as session:
            talk = Talk(session)
            if greet:
                talk.say("connection_init")
                assert talk.hear() == {"type": "connection_ack"}
            yield talk

    def refused(self, **more: Any) -> int:
        """Return the HTTP status that a handshake is refused with."""
        with pytest.raises(InvalidStatus) as caught, self.talk(greet=False, **more):
            pass
        return caught.value.response.status_code


class Talk:
    """One conversation, from the client's side."""

    def __init__(self, session: ClientConnection) -> None:
        self.socket = session

    def say(self, kind: str, **more: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **more}))

    def subscribe(self, key: str, query: str, **variables: Any) -> None:
        self.say("subscribe", id=key, payload={"query": query, "variables": variables})

    def hear(self) -> Any:
        return json.loads(self.socket.recv(PATIENCE_S))

    def closed(self) -> tuple[int, str]:
        """Return the code and reason with which the agent leaves."""
        with pytest.raises(ConnectionClosed) as caught:
            self.hear()
        assert caught.value.rcvd is not None
        return caught.value.rcvd.code, caught.value.rcvd.reason
