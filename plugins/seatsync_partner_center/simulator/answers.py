"""Answers in the shapes of the Partner Center REST API."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync_partner_center.simulator.state import Quirks, Refused


def answer(body: bytes, quirks: Quirks, request_id: str, status: int = 200) -> Response:
    """Return JSON, with the byte order mark and the doubled headers that are asked for."""
    shown = BOM_UTF8 + body if quirks.byte_order_mark else body
    headers = {
        "MS-RequestId": _doubled(request_id, quirks),
        "X-Locale": _doubled("en-US", quirks),
    }
    return Response(shown, status, headers, "application/json; charset=utf-8")


def refusal(refused: Refused, quirks: Quirks, request_id: str) -> Response:
    """Return the error envelope."""
    body = {"code": refused.code, "description": refused.description, "source": "PartnerFD"}
    return answer(msgspec.json.encode(body), quirks, request_id, refused.status)


def throttled(quirks: Quirks) -> Response:
    """Return the gateway's 429, whose body has a shape of its own (API throttling guidance)."""
    seconds = quirks.retry_after_s
    text = f"Rate limit is exceeded. Try again in {seconds} seconds."
    body = msgspec.json.encode({"statusCode": 429, "message": text})
    return Response(body, 429, {"Retry-After": _doubled(seconds, quirks)}, "application/json")


def _doubled(value: str, quirks: Quirks) -> str:
    return f"{value},{value}" if quirks.doubled_headers else value


def collection(items: Iterable[bytes], links: dict[str, object]) -> bytes:
    """Return rendered records as a collection; its total counts the page, as documented."""
    rendered = list(items)
    return b'{"totalCount":%d,"items":[%b],"links":%b,"attributes":{"objectType":"Collection"}}' % (
        len(rendered),
        b",".join(rendered),
        msgspec.json.encode(links),
    )


def link(uri: str, **headers: str) -> dict[str, object]:
    """Return a link, with the headers that belong to it."""
    pairs = [{"key": name.replace("_", "-"), "value": headers[name]} for name in headers]
    return {"uri": uri, "method": "GET", "headers": pairs}
