"""GraphQL over HTTP: what a request asks for, and in which form it wants the answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

RESPONSE_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"


class Malformed(Exception):
    """The request is not one of GraphQL over HTTP; `status` is the answer's."""

    def __init__(self, message: str, status: int = 400) -> None:
        """Say what is wrong with it."""
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of one request."""

    query: str
    operation_name: str | None
    variables: dict[str, Any] | None


async def read_request(request: Request, most_bytes: int) -> Asked:
    """Read the parameters from a POST's body or a GET's query; raise `Malformed`."""
    if request.method == "GET":
        if len(request.url.query) > most_bytes:
            raise Malformed(f"a request must not be longer than {most_bytes:,} bytes", 414)
        return read_parameters({**request.query_params}, decode=_parsed)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != PLAIN_JSON:
        raise Malformed(f"the body must be {PLAIN_JSON}", 415)
    body = _parsed(await _body(request, most_bytes))
    if not isinstance(body, dict):
        raise Malformed("the body must be one JSON object")
    return read_parameters(body)


async def _body(request: Request, most_bytes: int) -> bytes:
    """Read the body, and no more of it than a request may have."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise Malformed(f"a request must not be longer than {most_bytes:,} bytes", 413)
    return bytes(body)


def _as_it_is(value: Any) -> Any:
    return value


def read_parameters(
    parameters: Mapping[str, Any], decode: Callable[[Any], Any] = _as_it_is
) -> Asked:
    """Read the parameters of GraphQL over HTTP, `decode` those that are JSON in text."""
    query = parameters.get("query")
    if not isinstance(query, str) or not query.strip():
        raise Malformed("`query` must be the text of a GraphQL document")
    name = parameters.get("operationName")
    if not isinstance(name, str | None):
        raise Malformed("`operationName` must be text")
    _object("extensions", parameters, decode)
    return Asked(query, name or None, _object("variables", parameters, decode))


def _object(
    name: str, parameters: Mapping[str, Any], decode: Callable[[Any], Any]
) -> dict[str, Any] | None:
    value = parameters.get(name)
    decoded = None if value is None or value == "" else decode(value)
    if not isinstance(decoded, dict | None):
        raise Malformed(f"`{name}` must be a JSON object")
    return decoded


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("this is not JSON") from error


def answer_type(accept: str) -> str:
    """Choose the media type of the answer; raise `Malformed` if the client takes neither."""
    if not accept.strip():
        return PLAIN_JSON
    wishes = dict(map(_wish, accept.split(",")))
    anything = max(wishes.get("application/*", 0.0), wishes.get("*/*", 0.0))
    # Of two that are taken as gladly, the newer one, unless it is only taken as anything is.
    offers = {
        RESPONSE_JSON: wishes.get(RESPONSE_JSON, 0.0),
        PLAIN_JSON: wishes.get(PLAIN_JSON, anything),
    }
    best = max(offers, key=lambda media_type: offers[media_type])
    if not offers[best]:
        raise Malformed(f"answers are {RESPONSE_JSON} or {PLAIN_JSON}", 406)
    return best


def _wish(part: str) -> tuple[str, float]:
    """Read one media range of `Accept`, and how gladly it is taken (its `q`)."""
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weights = [text[2:] for text in parameters if text.startswith("q=")]
    try:
        return media_type, float(weights[0]) if weights else 1.0
    except ValueError:
        return media_type, 1.0


def render(answer: Mapping[str, Any], media_type: str, status: int = 200) -> Response:
    """Write an answer as JSON."""
    return Response(_encoded(answer), status, media_type=f"{media_type}; charset=utf-8")


def _encoded(answer: Mapping[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(answer)
    except UnicodeEncodeError:  # half a character, which an error repeats from the request
        return json.dumps(answer).encode()
