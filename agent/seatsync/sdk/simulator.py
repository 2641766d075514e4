"""Simulated vendors: an ASGI application served on a loopback port, with faults on request."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

START_S = 10.0

FINISH_S = 1.0
"""So long are answers that have begun waited for at the end."""


@contextmanager
def served(app: App, port: int = 0) -> Iterator[str]:
    """Serve `app` on a loopback port, any free one by default, and yield its base URL."""
    listening = _listen(port)
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
        )
    )
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        if not server.ready.wait(START_S):
            message = "the simulator did not start"
            raise RuntimeError(message)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.stop()
        thread.join()
        listening.close()


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is spelled out; with it on,
    # every answer of two writes takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen()
    return listening


class _Server(uvicorn.Server):
    """Says when it is ready, and stops when told to, without looking up again and again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        # The inherited one sleeps a tenth of a second first, which thousands of tests would wait.
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if answering := list(self.server_state.tasks):
            await asyncio.wait(answering, timeout=FINISH_S)

    def stop(self) -> None:
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with an answer: by default it is replaced by an empty one.

    `delay_s` passes before it; `cut_at` bytes of the body are sent, then the connection drops;
    with `replaces` off, the application's own answer is delayed or cut.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay_s: float = 0.0
    cut_at: int | None = None
    replaces: bool = True


def answers(status: int, body: bytes = b"", **headers: str) -> Fault:
    """Answer with another status; an underscore in a header's name stands for a hyphen."""
    return Fault(status, tuple((name.replace("_", "-"), headers[name]) for name in headers), body)


def throttled(retry_after: str | None = None) -> Fault:
    """Answer 429, with this `Retry-After` if one is given."""
    return Fault(429, () if retry_after is None else (("Retry-After", retry_after),))


def garbage(body: bytes = b"<html>not what you asked for</html>") -> Fault:
    """Answer 200 with a body that is not what was asked for."""
    return answers(200, body, Content_Type="application/json")


def truncated(at: int = 10) -> Fault:
    """Break off the application's own answer after some bytes of its body."""
    return Fault(cut_at=at, replaces=False)


def dropped() -> Fault:
    """Drop the connection before the body begins."""
    return Fault(body=b"never sent", cut_at=0)


def slow(seconds: float) -> Fault:
    """Give the application's own answer, late."""
    return Fault(delay_s=seconds, replaces=False)


@dataclass(slots=True)
class _Planned:
    pattern: re.Pattern[str]
    fault: Fault
    skip: int
    times: int


@dataclass(slots=True)
class Faults:
    """Faults on request, each for certain calls to certain paths."""

    _planned: list[_Planned] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, path: str, fault: Fault, *, nth: int = 1, times: int = 1) -> None:
        """Let calls whose path and query match the regular expression `path` go wrong.

        From the `nth` such call on, counted from 1 and from now, and `times` times.
        """
        with self._lock:
            self._planned.append(_Planned(re.compile(path), fault, nth - 1, times))

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._planned.clear()

    def take(self, path: str) -> Fault | None:
        """Return what goes wrong with this call, counting it, or None."""
        if not self._planned:
            return None
        with self._lock:
            due = [plan for plan in self._planned if _is_due(plan, path)]
            if not due:
                return None
            due[0].times -= 1
            return due[0].fault

    def around(self, app: App) -> App:
        """Return `app` with these faults."""

        async def faulty(scope: Message, receive: Receive, send: Send) -> None:
            fault = self.take(_target(scope)) if scope["type"] == "http" else None
            if fault is None:
                await app(scope, receive, send)
            else:
                await _commit(fault, app, scope, receive, send)

        return faulty


def _is_due(plan: _Planned, path: str) -> bool:
    if plan.times < 1 or not plan.pattern.search(path):
        return False
    plan.skip -= 1
    return plan.skip < 0


def _target(scope: Message) -> str:
    query = scope["query_string"].decode("ascii")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


async def _commit(fault: Fault, app: App, scope: Message, receive: Receive, send: Send) -> None:
    await asyncio.sleep(fault.delay_s)
    if fault.replaces:
        await _answer(fault, _cutting(send, fault.cut_at))
    else:
        await app(scope, receive, _cutting(send, fault.cut_at))


async def _answer(fault: Fault, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in fault.headers]
    headers.append((b"content-length", str(len(fault.body)).encode()))
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": fault.body})


def _cutting(send: Send, cut_at: int | None) -> Send:
    if cut_at is None:
        return send

    async def cut(message: Message) -> None:
        # The server drops a connection whose announced body does not come to its end.
        if message["type"] == "http.response.body":
            message = {**message, "body": message.get("body", b"")[:cut_at], "more_body": True}
        await send(message)

    return cut
