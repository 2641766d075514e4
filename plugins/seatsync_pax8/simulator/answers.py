"""Answers in the shapes of the Pax8 Partner API."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

_TYPES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
}


def json_answer(body: bytes, status: int = 200) -> Response:
    """Return an answer of rendered JSON."""
    return Response(body, status, media_type="application/json")


def error_answer(status: int, message: str, path: str) -> Response:
    """Return the error envelope (Pax8 OpenAPI, Error)."""
    envelope = {
        "type": _TYPES[status],
        "message": message,
        "instance": f"/public{path}",
        "status": status,
        "details": [],
    }
    return json_answer(msgspec.json.encode(envelope), status)


def token_error() -> Response:
    """Return the token endpoint's refusal, which is not the error envelope."""
    return json_answer(b'{"error":"access_denied","error_description":"Unauthorized"}', 401)


def page_answer(content: bytes, *, number: int, size: int, total: int) -> Response:
    """Return a page of rendered records."""
    info = {
        "size": size,
        "totalElements": total,
        "totalPages": -(-total // size),
        "number": number,
    }
    return json_answer(b'{"content":%b,"page":%b}' % (content, msgspec.json.encode(info)))
