"""The HTTP surface of the simulated ION (StreamOne Ion V3 APIs, OpenAPI)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.routing import Route

from seatsync_streamone_ion.simulator.answers import answer, error_answer, rendered, token_error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from seatsync_streamone_ion.simulator.state import Fields, State

    Endpoint = Callable[[Request], Awaitable[Response]]

DEFAULT_LIMIT = 100
SUBSCRIPTION_FILTERS = ("customerId", "subscriptionId", "resourceType", "providerId")


def make_app(state: State) -> Starlette:
    """Return the ASGI application that answers from `state`."""
    answers = _Answers(state)
    account = "/api/v3/accounts/{account}"
    guarded = {
        f"{account}/customers": answers.customers,
        f"{account}/customers/{{customer}}": answers.customer,
        f"{account}/customers/{{customer}}/cloudProfiles": answers.profiles,
        f"{account}/customers/{{customer}}/subscriptions/{{id}}": answers.subscription,
        f"{account}/subscriptions": answers.subscriptions,
    }
    routes = [Route(path, answers.guard(endpoint)) for path, endpoint in guarded.items()]
    tokens = {"/oauth/token": answers.token, "/oauth/validateAccess": answers.validate}
    posted = [Route(path, endpoint, methods=["POST"]) for path, endpoint in tokens.items()]
    return Starlette(routes=[*posted, *routes])


class _Answers:
    """The endpoints."""

    def __init__(self, state: State) -> None:
        self._state = state

    def guard(self, endpoint: Callable[[Request], Response]) -> Endpoint:
        """Let only callers with a good token in; word a `ValueError` as a 400."""

        async def guarded(request: Request) -> Response:
            if not self._state.tokens.accept(request.headers.get("authorization", "")):
                return error_answer(401, "invalid access token")
            account = request.path_params["account"]
            refused = request.url.path in self._state.refused_paths
            if refused or account != self._state.account_id:
                return error_answer(403, f"permission denied to access accounts/{account}")
            try:
                return endpoint(request)
            except ValueError as error:
                return error_answer(400, str(error))

        return guarded

    async def token(self, request: Request) -> Response:
        """Exchange a refresh token, once."""
        form = parse_qs((await request.body()).decode("ascii", "replace"))
        if form.get("grant_type") != ["refresh_token"]:
            return error_answer(400, "unsupported grant_type")
        given = self._state.tokens.exchange(form.get("refresh_token", [""])[0])
        if given is None:
            return token_error()
        access, refresh = given
        return answer(
            {
                "access_token": access,
                "expires_in": self._state.tokens.access_lifetime_s,
                "refresh_token": refresh,
                "token_type": "Bearer",
            }
        )

    async def validate(self, request: Request) -> Response:
        """Tell how long the tokens live; use up nothing."""
        form = parse_qs((await request.body()).decode("ascii", "replace"))
        access, tokens = form.get("access_token", [""])[0], self._state.tokens
        if not tokens.access_left_s(access):
            return token_error()
        left = {
            "access_expires_in": int(tokens.access_left_s(access)),
            "refresh_expires_in": int(tokens.refresh_left_s(access)),
        }
        return answer(left)

    def customers(self, request: Request) -> Response:
        """List customers, by page tokens."""
        size, begin = _customer_paging(request)
        found = list(self._state.customers.values())
        body: Fields = {"customers": rendered(found[begin : begin + size])}
        if begin + size < len(found):
            body["nextPageToken"] = urlsafe_b64encode(f"{begin + size}:{size}".encode()).decode()
        return answer(body)

    def customer(self, request: Request) -> Response:
        """Return one customer."""
        found = self._state.customers.get(request.path_params["customer"])
        return self._no_customer(request) if found is None else answer(rendered([found])[0])

    def profiles(self, request: Request) -> Response:
        """Return the cloud profiles of one customer."""
        customer = request.path_params["customer"]
        if customer not in self._state.customers:
            return self._no_customer(request)
        profiles = self._state.profiles.get(customer, [])
        return answer({"customerId": customer, "customerCloudProfiles": profiles})

    def subscriptions(self, request: Request) -> Response:
        """List subscriptions, by offset."""
        query = request.query_params
        customer = query.get("customerId")
        if customer in self._state.refused_customers:
            return error_answer(403, "User does not have access to this resource.")
        limit = int(query.get("pagination.limit", DEFAULT_LIMIT))
        offset = int(query.get("pagination.offset", 0))
        wanted = {name: query[name] for name in SUBSCRIPTION_FILTERS if name in query}
        found = list(_matching(self._state.subscriptions.values(), wanted))
        # An empty listing has no items at all, as protobuf leaves out what is empty.
        body: Fields = {"paginationResponse": {"totalSize": len(found)}}
        if page := found[offset : offset + limit]:
            body["items"] = rendered(page)
        return answer(body)

    def subscription(self, request: Request) -> Response:
        """Return one subscription of one customer."""
        found = self._state.subscriptions.get(request.path_params["id"])
        if found is None:
            return error_answer(404, "Subscription * not found")
        return answer(rendered([found])[0])

    def _no_customer(self, request: Request) -> Response:
        customer = request.path_params["customer"]
        name = f"accounts/{self._state.account_id}/customers/{customer}"
        return error_answer(404, f"resource '{name}' not found")


def _customer_paging(request: Request) -> tuple[int, int]:
    query = request.query_params
    if not (query.get("pageSize") or query.get("pageToken")):
        message = "At least one of page_size and page_token must be present"
        raise ValueError(message)
    begin, size = "0", "100"
    if token := query.get("pageToken"):
        begin, _, size = urlsafe_b64decode(token).decode().partition(":")
    return int(query.get("pageSize", size)), int(begin)


def _matching(
    records: Iterable[Fields | bytes], wanted: dict[str, str]
) -> Iterable[Fields | bytes]:
    for record in records:
        if isinstance(record, bytes) or all(
            str(record.get(name, "")) == value for name, value in wanted.items()
        ):
            yield record
