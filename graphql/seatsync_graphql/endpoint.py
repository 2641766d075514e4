"""The `/graphql` endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from seatsync.domain.roles import LOCAL
from seatsync_graphql.errors import BAD_USER_INPUT, InvalidRequest, mask
from seatsync_graphql.execution import NotByGet, Operation
from seatsync_graphql.page import page_response
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

    from seatsync_graphql.execution import Executor


class Endpoint:
    """Answers GraphQL over HTTP."""

    def __init__(self, executor: Executor, *, page: bool) -> None:
        """Serve a page to browsers with `page`."""
        self._executor = executor
        self._page = page

    async def answer(self, request: Request) -> Response:
        """Answer one request, whatever it is."""
        if self._page and _is_browser(request):
            return page_response()
        try:
            return await self._answer(request, answer_type(request.headers.get("accept", "")))
        except Malformed as malformed:
            error = {"message": malformed.message, "extensions": {"code": BAD_USER_INPUT}}
            return render({"errors": [error]}, PLAIN_JSON, malformed.status)

    async def _answer(self, request: Request, media_type: str) -> Response:
        asked = await read_request(request)
        is_get = request.method == "GET"
        operation = Operation(asked.query, asked.operation_name, asked.variables, LOCAL, is_get)
        try:
            return render(await self._executor.run(operation), media_type)
        except NotByGet:
            return Response(status_code=405, headers={"Allow": "POST"})
        except InvalidRequest as invalid:
            status = 400 if media_type == RESPONSE_JSON else 200
            errors = [error.formatted for error in invalid.errors]
            return render({"errors": errors}, media_type, status)


async def answer_fault(_: Request, fault: Exception) -> Response:
    """Answer when something failed that nobody expected: with a reference to the log."""
    return render({"errors": [mask(fault)]}, PLAIN_JSON, 500)


def _is_browser(request: Request) -> bool:
    wants_page = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and wants_page and "query" not in request.query_params
