"""One conversation over `graphql-transport-ws`, from its first word to its last."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect

from seatsync.errors import SeatsyncError, Unauthenticated
from seatsync_graphql.clients import TooMany
from seatsync_graphql.errors import TOO_COMPLEX, InvalidRequest, mask, present
from seatsync_graphql.execution import Operation
from seatsync_graphql.requests import Malformed, read_parameters
from seatsync_graphql.stream import answers

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from seatsync_graphql.auth.identity import Authenticator, Identity
    from seatsync_graphql.clients import Counts
    from seatsync_graphql.execution import Executor

PROTOCOL = "graphql-transport-ws"

GREETING_S = 10
"""For how long a client may be silent before it says who it is."""

BAD_MESSAGE, UNAUTHORIZED, FORBIDDEN = 4400, 4401, 4403
TOO_LATE, ID_IN_USE, GREETED_TWICE = 4408, 4409, 4429


class Farewell(Exception):
    """The conversation ends, with a code of the protocol and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        """Keep both; a close frame has room for 123 bytes."""
        super().__init__(reason)
        self.code = code
        self.reason = reason[:120]


class Conversation:
    """Answers one client until one of both leaves, or the client's token has expired."""

    def __init__(
        self, socket: WebSocket, executor: Executor, authenticator: Authenticator, counts: Counts
    ) -> None:
        """Talk over one socket."""
        self._socket = socket
        self._executor = executor
        self._authenticator = authenticator
        self._counts = counts
        self._client = socket.client.host if socket.client else ""
        self._running: dict[str, asyncio.Task[None]] = {}

    async def hold(self) -> None:
        """Talk to the end; whatever was going on for the client ends with it."""
        try:
            await self._socket.accept(PROTOCOL)
            await self._talk()
        except Farewell as farewell:
            await self._socket.close(farewell.code, farewell.reason)
        except WebSocketDisconnect:
            return
        finally:
            await self._drop_all()

    async def _talk(self) -> None:
        identity = await self._greeted()
        await self._send({"type": "connection_ack"})
        limit = asyncio.timeout(identity.remaining_s)
        try:
            async with limit:
                while True:
                    await self._obey(identity, await self._receive())
        except TimeoutError as error:
            if limit.expired():
                raise Farewell(FORBIDDEN, "Forbidden: the token has expired") from error
            raise

    async def _greeted(self) -> Identity:
        try:
            async with asyncio.timeout(GREETING_S):
                message = await self._receive()
        except TimeoutError as error:
            raise Farewell(TOO_LATE, "Connection initialisation timeout") from error
        if message.get("type") != "connection_init":
            raise Farewell(UNAUTHORIZED, "Unauthorized")
        try:
            return await self._authenticator.identify(self._credentials(message))
        except Unauthenticated as unknown:
            raise Farewell(FORBIDDEN, f"Forbidden: {unknown.message}") from unknown

    def _credentials(self, greeting: dict[str, Any]) -> str | None:
        payload = greeting.get("payload")
        given = payload if isinstance(payload, dict) else {}
        told = given.get("authorization", given.get("Authorization"))
        return told if isinstance(told, str) else self._socket.headers.get("authorization")

    async def _obey(self, identity: Identity, message: dict[str, Any]) -> None:
        match message:
            case {"type": "subscribe", "id": str(key), "payload": dict(payload)} if key:
                self._begin(identity, key, payload)
            case {"type": "complete", "id": str(key)}:
                self._drop(key)
            case {"type": "ping"}:
                await self._send({"type": "pong"})
            case {"type": "pong"}:
                pass
            case {"type": "connection_init"}:
                raise Farewell(GREETED_TWICE, "Too many initialisation requests")
            case _:
                raise Farewell(BAD_MESSAGE, "Invalid message received")

    def _begin(self, identity: Identity, key: str, payload: dict[str, Any]) -> None:
        if key in self._running:
            raise Farewell(ID_IN_USE, f"Subscriber for {key} already exists")
        try:
            asked = read_parameters(payload)
        except Malformed as malformed:
            raise Farewell(BAD_MESSAGE, malformed.message) from malformed
        operation = Operation(asked.query, asked.operation_name, asked.variables, identity.caller)
        task = asyncio.create_task(self._carry_out(key, operation))
        self._running[key] = task
        task.add_done_callback(lambda _: self._forget(key, task))

    async def _carry_out(self, key: str, operation: Operation) -> None:
        """Send the answers to an operation, and how it ended."""
        [ending] = await asyncio.gather(self._answer(key, operation), return_exceptions=True)
        if isinstance(ending, WebSocketDisconnect):
            return
        if isinstance(ending, Exception):
            await self._send({"type": "error", "id": key, "payload": _errors(ending)})
        else:
            await self._send({"type": "complete", "id": key})

    async def _answer(self, key: str, operation: Operation) -> None:
        with self._counts.one_more(self._client):
            async with aclosing(answers(self._executor, operation)) as found:
                async for answer in found:
                    await self._send({"type": "next", "id": key, "payload": answer})

    def _forget(self, key: str, task: asyncio.Task[None]) -> None:
        if self._running.get(key) is task:
            del self._running[key]

    def _drop(self, key: str) -> None:
        if task := self._running.pop(key, None):
            task.cancel()

    async def _drop_all(self) -> None:
        tasks = [*self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self) -> dict[str, Any]:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text")
        if text is None or len(text) > self._executor.limits.request_bytes:
            raise Farewell(BAD_MESSAGE, "Invalid message received")
        try:
            decoded = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Farewell(BAD_MESSAGE, "Invalid message received") from error
        if not isinstance(decoded, dict):
            raise Farewell(BAD_MESSAGE, "Invalid message received")
        return decoded

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(json.dumps(message, separators=(",", ":")))


def _errors(ending: Exception) -> list[dict[str, Any]]:
    match ending:
        case InvalidRequest() as invalid:
            return [dict(error.formatted) for error in invalid.errors]
        case SeatsyncError() | GraphQLError() as known:
            return [present(GraphQLError(str(known), original_error=known))]
        case TooMany():
            message = "this client follows as much as it may at once"
            return [{"message": message, "extensions": {"code": TOO_COMPLEX}}]
        case unexpected:
            return [mask(unexpected)]
