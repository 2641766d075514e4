"""Answers in the shapes of the ION API v3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync_streamone_ion.simulator.state import Fields

_CODES = {
    400: "INVALID_REQUEST",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
}
_REQUEST_INFO = "type.googleapis.com/google.rpc.RequestInfo"


def answer(body: Any, status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def error_answer(status: int, message: str) -> Response:
    """Return the error envelope (ION OpenAPI, components.examples)."""
    details = [{"@type": _REQUEST_INFO, "requestId": "00000000000000000000"}]
    body = {"error": _CODES[status], "message": message, "code": status, "details": details}
    return answer(body, status)


def token_error() -> Response:
    """Return the refusal of a refresh token, which has neither code nor message."""
    return answer({"error": "cannot validate token: redis: nil"}, 400)


def rendered(records: Iterable[Fields | bytes]) -> list[msgspec.Raw]:
    """Return records as they are put into an answer."""
    return [
        msgspec.Raw(record if isinstance(record, bytes) else msgspec.json.encode(record))
        for record in records
    ]
