"""The HTTP surface of the simulated Stellr, as clients and integrators describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import msgspec
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from seatsync_stellr.path import CLOUD, CUSTOMERS, DOCUMENTED
from seatsync_stellr.simulator.state import TOKEN_LIFETIME_S

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from seatsync_stellr.simulator.state import Fields, State

    Endpoint = Callable[[Request], Awaitable[Response]]

TOKEN_PATH = "/oauth2/v1/token"  # noqa: S105 - an address
LARGEST_PAGE = 200
REQUEST_ID = "0000000000"


def make_app(state: State) -> Starlette:
    """Return the ASGI application that answers from `state`."""
    answers = _Answers(state)
    guarded = {
        CUSTOMERS: answers.customers,
        DOCUMENTED: answers.documented_subscriptions,
        CLOUD: answers.cloud_subscriptions,
    }
    routes = [Route(path, answers.guard(endpoint)) for path, endpoint in guarded.items()]
    return Starlette(routes=[Route(TOKEN_PATH, answers.token, methods=["POST"]), *routes])


class _Answers:
    """The endpoints."""

    def __init__(self, state: State) -> None:
        self._state = state

    def guard(self, endpoint: Callable[[Request], Response]) -> Endpoint:
        """Let only callers with a good token in."""

        async def guarded(request: Request) -> Response:
            if not self._state.accepts(request.headers.get("authorization", "")):
                return _answer({"message": "Unauthorized"}, 401)
            return endpoint(request)

        return guarded

    async def token(self, request: Request) -> Response:
        """Give a token for the right credentials, in a form."""
        form = parse_qs((await request.body()).decode("ascii", "replace"))
        expected = {
            "grant_type": ["client_credentials"],
            "client_id": [self._state.client_id],
            "client_secret": [self._state.client_secret],
        }
        if {name: form.get(name) for name in expected} != expected:
            return _answer({"error": "invalid_client"}, 401)
        token = self._state.give_token()
        body = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_S}
        return _answer(body)

    def customers(self, request: Request) -> Response:
        """List customers."""
        return self._page(request, self._state.customers)

    def documented_subscriptions(self, request: Request) -> Response:
        """List the subscriptions of a customer, unless they are on the other path."""
        return self._subscriptions(request, is_there=not self._state.is_on_cloud_path)

    def cloud_subscriptions(self, request: Request) -> Response:
        """List the subscriptions of a customer, if they are on this path."""
        return self._subscriptions(request, is_there=self._state.is_on_cloud_path)

    def _subscriptions(self, request: Request, *, is_there: bool) -> Response:
        customer = request.path_params["customer"]
        if not is_there:
            message = f"No static resource {request.url.path.lstrip('/')}."
            return _answer({"status": 404, "error": "Not Found", "message": message}, 404)
        if customer in self._state.refused_customers:
            return _answer({"errorMessage": "Access denied", "requestId": REQUEST_ID}, 403)
        if customer not in self._state.customers:
            return _answer({"message": f"Customer {customer} not found"}, 404)
        return self._page(request, self._state.subscriptions.get(customer, {}))

    def _page(self, request: Request, records: Mapping[str, Fields | bytes]) -> Response:
        number, size = (request.query_params.get(name, "") for name in ("pageNo", "pageSize"))
        # Without both parameters the listing is empty, and so it is without the right to see it.
        is_shown = number.isdigit() and size.isdigit() and not self._state.sees_nothing
        if not is_shown:
            return _answer({"requestId": REQUEST_ID, "data": {"total": 0, "records": []}})
        held, count = list(records.values()), min(int(size), LARGEST_PAGE)
        begin = (int(number) - 1) * count
        page = [self._rendered(record) for record in held[begin : begin + count]]
        data = {"total": len(held), "records": page}
        return _answer({"requestId": REQUEST_ID, "data": self._spelled(data)})

    def _rendered(self, record: Fields | bytes) -> msgspec.Raw:
        if isinstance(record, bytes):
            return msgspec.Raw(record)
        return msgspec.Raw(msgspec.json.encode(self._spelled(record)))

    def _spelled(self, fields: Fields) -> Fields:
        return {self._state.renamed.get(name, name): value for name, value in fields.items()}


def _answer(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
