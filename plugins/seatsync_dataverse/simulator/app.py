"""The HTTP surface: tokens, faults on request, and what every answer carries."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from seatsync_dataverse.simulator.exchange import ROOT, Answer, Asked, refused
from seatsync_dataverse.simulator.problem import not_a_member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.sdk.simulator import Fault, Message, Receive, Send
    from seatsync_dataverse.simulator.entra import Entra
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.service import Service
    from seatsync_dataverse.simulator.throttle import Throttle
    from seatsync_dataverse.simulator.traffic import Traffic

COOKIE = "ARRAffinity"
_WITHOUT_BODY = frozenset({204, 304})


@dataclass
class App:
    """An ASGI application that answers as Dataverse and Entra do."""

    organization: Organization
    entra: Entra
    service: Service
    traffic: Traffic
    throttle: Throttle
    dop_hint: int = 8
    is_member: bool = True
    """Whether the application has a user here."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await _body(receive)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        fault = self._meet(scope, headers)
        await asyncio.sleep(0.0 if fault is None else fault.delay_s)
        if fault is not None and fault.replaces:
            answer = Answer(fault.status, fault.body, dict(fault.headers))
        else:
            answer = self._answer(scope, headers, body)
        await _send(send, answer, None if fault is None else fault.cut_at)

    def _meet(self, scope: Message, headers: Mapping[str, str]) -> Fault | None:
        with self.organization.lock:
            self.traffic.cookies_returned += COOKIE in headers.get("cookie", "")
            query = scope["query_string"].decode("ascii")
            return self.traffic.meet(scope["method"], scope["path"], query)

    def _answer(self, scope: Message, headers: Mapping[str, str], body: bytes) -> Answer:
        with self.organization.lock:
            host = headers.get("host", "")
            answer = self.entra.answer(scope["method"], scope["path"], body, host)
            if answer is not None:
                return answer
            if not self.entra.accepts(headers.get("authorization", "")):
                return self._unauthorized(host)
            return self._decorated(self._api(scope, headers, body, host))

    def _api(self, scope: Message, headers: Mapping[str, str], body: bytes, host: str) -> Answer:
        throttled = self.throttle.answer()
        if throttled is not None:
            return throttled
        path = scope["path"]
        if not path.startswith(ROOT):
            return Answer(404)
        self.organization.settle_keys()
        asked = Asked(
            scope["method"],
            path.removeprefix(ROOT),
            scope["query_string"].decode("ascii"),
            headers,
            body,
            f"{scope['scheme']}://{host}",
            self.organization.agent_id,
        )
        return self.service.answer(asked) if self.is_member else refused(not_a_member(), asked)

    def _unauthorized(self, host: str) -> Answer:
        place = f"https://{host}/{self.entra.tenant_id}/oauth2/authorize"
        challenge = f"Bearer authorization_uri={place}, resource_id=https://{host}/"
        return Answer(401, b"", {"Content-Type": "text/html", "WWW-Authenticate": challenge})

    def _decorated(self, answer: Answer) -> Answer:
        added = {
            "OData-Version": "4.0",
            "x-ms-dop-hint": str(self.dop_hint),
            "x-ms-service-request-id": str(uuid4()),
            "REQ_ID": str(uuid4()),
            "x-ms-ratelimit-burst-remaining-xrm-requests": "5999",
            "x-ms-ratelimit-time-remaining-xrm-requests": "1,199.87",
            "Set-Cookie": f"{COOKIE}={'0a' * 32}; Path=/; HttpOnly",
        }
        return Answer(answer.status, answer.body, {**added, **answer.headers})


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = bool(message.get("more_body", False))
    return b"".join(parts)


async def _send(send: Send, answer: Answer, cut_at: int | None) -> None:
    if cut_at is not None:
        answer = _cut(answer, cut_at)
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    if answer.status in _WITHOUT_BODY:
        del headers["Content-Length"]
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": answer.status,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await send(start)
    is_cut = len(answer.body) < int(headers.get("Content-Length", 0))
    await send({"type": "http.response.body", "body": answer.body, "more_body": is_cut})


def _cut(answer: Answer, at: int) -> Answer:
    # The server drops a connection whose announced body does not come to its end.
    return Answer(200, answer.body[:at], {"Content-Length": str(at + len(answer.body) + 1)})
