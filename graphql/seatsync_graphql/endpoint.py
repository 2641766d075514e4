"""The `/graphql` endpoint, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import OperationType

from seatsync.errors import Forbidden, Unauthenticated
from seatsync_graphql.errors import BAD_USER_INPUT, InvalidRequest, mask
from seatsync_graphql.execution import NotThisWay, Operation
from seatsync_graphql.requests import (
    PLAIN_JSON,
    RESPONSE_JSON,
    Malformed,
    answer_type,
    read_request,
    render,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seatsync.errors import SeatsyncError
    from seatsync_graphql.auth.identity import Authenticator
    from seatsync_graphql.execution import Executor
    from seatsync_graphql.page import Page

KINDS = {
    "GET": frozenset({OperationType.QUERY}),
    "POST": frozenset({OperationType.QUERY, OperationType.MUTATION}),
}
"""What may be asked for by each method."""


class Endpoint:
    """Answers GraphQL over HTTP."""

    def __init__(self, executor: Executor, authenticator: Authenticator, page: Page | None) -> None:
        """Answer browsers with `page`, if there is one."""
        self._executor = executor
        self._authenticator = authenticator
        self._page = page

    async def answer(self, request: Request) -> Response:
        """Answer one request, whatever it is."""
        if self._page and _is_browser(request):
            return self._page.answer()
        media_type = PLAIN_JSON
        try:
            media_type = answer_type(request.headers.get("accept", ""))
            return await self._answer(request, media_type)
        except Malformed as malformed:
            error = {"message": malformed.message, "extensions": {"code": BAD_USER_INPUT}}
            return render({"errors": [error]}, PLAIN_JSON, malformed.status)
        except Unauthenticated as unknown:
            return refuse(unknown, media_type)

    async def _answer(self, request: Request, media_type: str) -> Response:
        identity = await self._authenticator.identify(request.headers.get("authorization"))
        asked = await read_request(request, self._executor.limits.request_bytes)
        operation = Operation(
            asked.query, asked.operation_name, asked.variables, identity.caller, _kinds(request)
        )
        try:
            return render(await self._executor.run(operation), media_type)
        except NotThisWay as refused:
            return _not_this_way(refused, media_type)
        except InvalidRequest as invalid:
            status = 400 if media_type == RESPONSE_JSON else 200
            errors = [error.formatted for error in invalid.errors]
            return render({"errors": errors}, media_type, status)


async def answer_fault(_: Request, fault: Exception) -> Response:
    """Answer when something failed that nobody expected: with a reference to the log."""
    return render({"errors": [mask(fault)]}, PLAIN_JSON, 500)


def refuse(refused: SeatsyncError, media_type: str = PLAIN_JSON) -> Response:
    """Answer a caller whom nobody knows, or who lacks a role."""
    error = {"message": refused.message, "extensions": {"code": refused.code}}
    answer = render({"errors": [error]}, media_type, 403 if isinstance(refused, Forbidden) else 401)
    if answer.status_code == 401:  # noqa: PLR2004 - as RFC 9110 demands of it
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _not_this_way(refused: NotThisWay, media_type: str) -> Response:
    error = {"message": str(refused), "extensions": {"code": BAD_USER_INPUT}}
    is_live = refused.kind is OperationType.SUBSCRIPTION
    answer = render({"errors": [error]}, media_type, 400 if is_live else 405)
    if not is_live:
        answer.headers["Allow"] = "POST"
    return answer


def _kinds(request: Request) -> frozenset[OperationType]:
    return KINDS.get(request.method, KINDS["GET"])


def _is_browser(request: Request) -> bool:
    wants_page = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and wants_page and "query" not in request.query_params
