"""What stands between a connector and the simulator: watches, and tampers with answers."""

from __future__ import annotations

import re
import threading
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from seatsync.sdk.simulator import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.sdk.conformance.anatomy import Listing
    from seatsync.sdk.simulator import App, Message, Receive, Send

    Change = Callable[[bytes], bytes]

_TOKEN_KEYS = frozenset({"access_token", "refresh_token", "id_token"})


class Call(NamedTuple):
    """One call, as it arrived."""

    method: str
    target: str
    """The path with its query."""


@dataclass(slots=True)
class _Meddling:
    pattern: re.Pattern[str]
    nth: int | None
    change: Change
    count: int = 0


@dataclass(slots=True)
class Meddler:
    """An application around a simulator's: counts calls, keeps secrets that it sees, tampers."""

    app: App
    calls: list[Call] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    """Tokens that were answered or sent."""
    faults: Faults = field(default_factory=Faults)
    _meddlings: list[_Meddling] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tamper(self, listing: Listing, nth: int | None, change: Change) -> None:
        """Change the body of the `nth` answer of a listing, from 1 and from now; None: of each."""
        self._meddlings.append(_Meddling(re.compile(listing.path), nth, change))

    def reset(self) -> None:
        """Let everything go well again."""
        self.faults.clear()
        self._meddlings.clear()

    def count(self, pattern: str) -> int:
        """Return how many calls to a path came so far."""
        return sum(1 for call in self.calls if re.search(pattern, call.target))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one call."""
        self._note(scope)
        await self.faults.around(self._watched)(scope, receive, send)

    def _note(self, scope: Message) -> None:
        with self._lock:
            self.calls.append(Call(scope["method"], _target(scope)))
            headers = dict(scope["headers"])
            bearer = headers.get(b"authorization", b"").decode("latin-1").removeprefix("Bearer ")
            self.given.update(filter(None, [bearer]))

    async def _watched(self, scope: Message, receive: Receive, send: Send) -> None:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        self.given.update(tokens_in(body))
        changed = self._changed(_target(scope), body)
        await send(_with_length(sent[0], len(changed)))
        await send({"type": "http.response.body", "body": changed})

    def _changed(self, target: str, body: bytes) -> bytes:
        with self._lock:
            for meddling in self._meddlings:
                if meddling.pattern.search(target):
                    meddling.count += 1
                    if meddling.nth in {None, meddling.count}:
                        body = meddling.change(body)
        return body


def _target(scope: Message) -> str:
    query = scope["query_string"].decode("ascii")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _with_length(start: Message, length: int) -> Message:
    headers = [pair for pair in start.get("headers", ()) if pair[0].lower() != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", str(length).encode())]}


def tokens_in(body: bytes) -> Iterator[str]:
    """Yield the tokens in an answer, if it is one of a token endpoint."""
    try:
        answer = msgspec.json.decode(body.removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if isinstance(answer, dict):
        for name in _TOKEN_KEYS & answer.keys():
            yield str(answer[name])


def with_records(listing: Listing, change: Callable[[list[Any]], list[Any]]) -> Change:
    """Return a change of the records of a page that leaves everything around them as it is."""

    def changed(body: bytes) -> bytes:
        answer = msgspec.json.decode(body.removeprefix(BOM_UTF8))
        if not listing.records:
            return msgspec.json.encode(change(answer))
        holder = answer
        for key in listing.records[:-1]:
            holder = holder[key]
        # What is empty may be left out.
        holder[listing.records[-1]] = change(holder.get(listing.records[-1]) or [])
        return msgspec.json.encode(answer)

    return changed
