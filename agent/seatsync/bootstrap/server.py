"""Serving HTTP until somebody asks to stop."""

from __future__ import annotations

import errno
import signal
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from seatsync.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from uvicorn._types import ASGISendEvent

GRACE_S = 10
"""How long answers that are under way may take after the signal to stop."""


def listen(host: str, port: int) -> socket.socket:
    """Take a TCP port, any free one for 0; raise `SetupError` if that cannot be done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken by another program" if taken else f"cannot be used: {error.strerror}"
        raise SetupError(
            f"port {port} of {host} {reason}",
            remedy="Choose another with server.port in config.yaml, or with --port for the demo.",
        ) from error
    # asyncio turns Nagle's algorithm off only where the protocol is spelled out; with it on, every
    # answer waits 40 ms for the client to acknowledge that it has begun.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listening.detach())


def web_config(app: Any, most_message_bytes: int) -> uvicorn.Config:
    """Return how answers are given; a WebSocket's message has at most so many bytes."""
    return uvicorn.Config(
        app,
        ws=_Sockets,
        ws_max_size=most_message_bytes,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )


def serve(config: uvicorn.Config, listening: socket.socket, on_ready: Callable[[], None]) -> None:
    """Answer requests until SIGINT or SIGTERM; then finish those under way, and return.

    Must be called in the main thread, which is where signals arrive.
    """
    _Server(config, on_ready).run(sockets=[listening])


class _Sockets(WebSocketsSansIOProtocol):
    """Refuses a handshake without more ado."""

    async def send(self, message: ASGISendEvent) -> None:
        """Send; uvicorn would log an error for every handshake that is refused with a status."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True


class _Server(uvicorn.Server):
    """Ends quietly on a signal, so that the agent can put its work down and exit with 0."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Ask the server to end; asking again does not make it drop what is under way."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle the signals to stop; unlike uvicorn's own, do not raise them again afterwards."""
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
