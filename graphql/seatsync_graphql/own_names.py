"""Answering only to names of this machine, where callers are not told apart."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MISDIRECTED = 421
OPEN_PATHS = frozenset({"/healthz", "/readyz"})


class OwnNames:
    """Refuses requests that were meant for another host.

    A page of a stranger may have its own name looked up as 127.0.0.1, and then call the agent
    as if it were its own server (DNS rebinding); the name it calls gives it away.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what was meant for this machine."""
        if scope["type"] not in {"http", "websocket"} or _is_meant_for_us(scope):
            await self._app(scope, receive, send)
        else:
            answer = PlainTextResponse(
                "While auth.mode is none, the agent answers to loopback names only.", MISDIRECTED
            )
            await answer(scope, receive, send)


def _is_meant_for_us(scope: Scope) -> bool:
    return scope["path"] in OPEN_PATHS or is_loopback(Headers(scope=scope).get("host", ""))


def is_loopback(host: str) -> bool:
    """Tell whether a `Host`, with or without a port, names this machine."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
