"""GraphQL over HTTP: what a request asks for, and in which form it wants the answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

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


async def read_request(request: Request) -> Asked:
    """Read the parameters from a POST's body or a GET's query; raise `Malformed`."""
    if request.method == "GET":
        return _asked({**request.query_params}, decode=_parsed)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != PLAIN_JSON:
        raise Malformed(f"the body must be {PLAIN_JSON}", 415)
    body = _parsed(await request.body())
    if not isinstance(body, dict):
        raise Malformed("the body must be one JSON object")
    return _asked(body, decode=lambda value: value)


def _asked(parameters: Mapping[str, Any], decode: Any) -> Asked:
    query = parameters.get("query")
    if not isinstance(query, str) or not query.strip():
        raise Malformed("`query` must be the text of a GraphQL document")
    name = parameters.get("operationName")
    if not isinstance(name, str | None):
        raise Malformed("`operationName` must be text")
    return Asked(query, name or None, _object("variables", parameters, decode))


def _object(name: str, parameters: Mapping[str, Any], decode: Any) -> dict[str, Any] | None:
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
    accepted = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    if RESPONSE_JSON in accepted:
        return RESPONSE_JSON
    if not accept.strip() or {PLAIN_JSON, "application/*", "*/*"} & {*accepted}:
        return PLAIN_JSON
    raise Malformed(f"answers are {RESPONSE_JSON} or {PLAIN_JSON}", 406)


def render(answer: Mapping[str, Any], media_type: str, status: int = 200) -> Response:
    """Write an answer as JSON."""
    body = json.dumps(answer, separators=(",", ":"))
    return Response(body, status, media_type=f"{media_type}; charset=utf-8")
