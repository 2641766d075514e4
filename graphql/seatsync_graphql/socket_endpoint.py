"""The `/graphql` endpoint, over a WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from seatsync_graphql.clients import Counts, TooMany
from seatsync_graphql.conversation import PROTOCOL, Conversation
from seatsync_graphql.origin import is_welcome

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.websockets import WebSocket

    from seatsync_graphql.auth.identity import Authenticator
    from seatsync_graphql.execution import Executor


class SocketEndpoint:
    """Opens conversations, as many as a client may have."""

    def __init__(
        self, executor: Executor, authenticator: Authenticator, origins: Collection[str]
    ) -> None:
        """Welcome clients that are no pages, and the pages of these origins."""
        self._executor = executor
        self._authenticator = authenticator
        self._origins = origins
        self.connections = Counts(executor.limits.connections)
        self.subscriptions = Counts(executor.limits.subscriptions)

    async def answer(self, socket: WebSocket) -> None:
        """Talk with one client, or refuse at the handshake."""
        if PROTOCOL not in socket.scope["subprotocols"]:
            await _refuse(socket, 400, f"the only subprotocol is {PROTOCOL}")
        elif not is_welcome(socket.headers, self._origins):
            await _refuse(socket, 403, "this origin is not among server.cors_origins")
        else:
            await self._open(socket)

    async def _open(self, socket: WebSocket) -> None:
        client = socket.client.host if socket.client else ""
        talk = Conversation(socket, self._executor, self._authenticator, self.subscriptions)
        try:
            with self.connections.one_more(client):
                await talk.hold()
        except TooMany:
            await _refuse(socket, 429, "this client has as many connections open as it may")


async def _refuse(socket: WebSocket, status: int, reason: str) -> None:
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        await socket.send_denial_response(PlainTextResponse(reason, status))
    else:
        await socket.close(reason=reason)
