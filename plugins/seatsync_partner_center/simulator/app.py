"""The HTTP surface of the simulated Partner Center, and of the Entra that it trusts."""

from __future__ import annotations

from base64 import b64decode, b64encode
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from seatsync_partner_center.simulator.answers import answer, collection, link, refusal, throttled
from seatsync_partner_center.simulator.entra import EntraRefusal
from seatsync_partner_center.simulator.state import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from seatsync_partner_center.simulator.state import State

    Endpoint = Callable[[Request], Awaitable[Response]]

NO_TOKEN = Refused(401, "800001", "Partner Token missing in request context")
NO_CUSTOMER = Refused(403, "20002", "The customer has no relationship with the partner")
NO_PAGE = Refused(400, "800002", "Invalid request input")
NO_ORDER = Refused(404, "20000", "Order not found")


def make_app(state: State) -> Starlette:
    """Return the ASGI application that answers from `state`."""
    entra, center = _EntraAnswers(state), _CenterAnswers(state)
    guarded = {
        "/v1/customers": center.customers,
        "/v1/customers/{id}/subscriptions": center.subscriptions,
        "/v1/customers/{id}/orders/{order}": center.order,
        "/v1/auditrecords": center.audit,
        "/v1/profiles/legalbusiness": center.profile,
    }
    return Starlette(
        routes=[
            Route("/login/{tenant}/oauth2/token", entra.token_v1, methods=["POST"]),
            Route("/login/{tenant}/oauth2/v2.0/token", entra.token_v2, methods=["POST"]),
            Route("/login/{tenant}/oauth2/v2.0/authorize", entra.authorize),
            *(Route(path, center.guard(endpoint)) for path, endpoint in guarded.items()),
        ]
    )


class _EntraAnswers:
    """The endpoints of Entra."""

    def __init__(self, state: State) -> None:
        self._entra = state.entra

    async def token_v1(self, request: Request) -> Response:
        """Give a token, with numbers spelled as text."""
        return await self._token(request, is_v1=True)

    async def token_v2(self, request: Request) -> Response:
        """Give a token."""
        return await self._token(request, is_v1=False)

    async def _token(self, request: Request, *, is_v1: bool) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        try:
            given = self._entra.answer(request.path_params["tenant"], form, is_v1=is_v1)
        except EntraRefusal as refused:
            return Response(refused.body(), refused.status, media_type="application/json")
        return Response(msgspec.json.encode(given), media_type="application/json")

    async def authorize(self, request: Request) -> Response:
        """Send the browser back, as after a person has signed in, or declined."""
        asked = request.query_params
        try:
            told = {"code": self._entra.authorize(asked["code_challenge"])}
        except EntraRefusal as refused:
            told = {
                "error": refused.error,
                "error_description": f"AADSTS{refused.code}: simulated.",
            }
        query = urlencode({**told, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}")


class _CenterAnswers:
    """The endpoints of Partner Center."""

    def __init__(self, state: State) -> None:
        self._state = state

    def guard(self, endpoint: Callable[[Request], Response]) -> Endpoint:
        """Count the call, keep the quota, and let only callers with a good token in."""

        async def guarded(request: Request) -> Response:
            return self._refused(request) or endpoint(request)

        return guarded

    def _refused(self, request: Request) -> Response | None:
        state, path = self._state, request.url.path
        count = state.log.note(
            request.method,
            path,
            _id_of(request),
            request.headers.get("ms-correlationid", ""),
        )
        if state.quirks.quota_per_minute is not None and count > state.quirks.quota_per_minute:
            return throttled(state.quirks)
        if not state.accepts(request.headers.get("authorization", "")):
            return self._refuse(request, NO_TOKEN)
        refused = state.refused_paths.get(path)
        return self._refuse(request, refused) if refused else None

    def customers(self, request: Request) -> Response:
        """List customers; the query alone does not identify a page, the header does."""
        token = request.headers.get("ms-continuationtoken")
        start = 0 if token is None else self._start(token)
        if start is None:
            return self._refuse(request, NO_PAGE)
        size = int(request.query_params.get("size", "0")) or 500
        shown = list(islice(self._state.customers.values(), start, start + size))
        links: dict[str, object] = {"self": link(f"/customers?size={size}")}
        if start + size < len(self._state.customers):
            following = max(start + size - self._state.quirks.shifted_by, start + 1)
            uri = self._state.quirks.next_link.format(size=size)
            links["next"] = link(uri, MS_ContinuationToken=self._token(following))
        return self._answer(request, collection(shown, links))

    def subscriptions(self, request: Request) -> Response:
        """List the subscriptions of one customer, in one answer."""
        customer_id = request.path_params["id"].lower()
        refused = self._state.refused_customers.get(customer_id)
        if refused is None and customer_id not in self._state.customers:
            refused = NO_CUSTOMER
        if refused is not None:
            return self._refuse(request, refused)
        held = self._state.subscriptions.get(customer_id, {})
        self_link: dict[str, object] = {"self": link(f"/customers/{customer_id}/subscriptions")}
        return self._answer(request, collection(list(held.values()), self_link))

    def order(self, request: Request) -> Response:
        """Return one order; prices are in it only if they are asked for."""
        key = (request.path_params["id"].lower(), request.path_params["order"])
        found = self._state.orders.get(key)
        if found is None:
            return self._refuse(request, NO_ORDER)
        return self._answer(request, found)

    def audit(self, request: Request) -> Response:
        """List audit records from a day on."""
        since = request.query_params.get("startDate", "")
        shown = [raw for raw in self._state.audit if _day_of(raw) >= since]
        return self._answer(request, collection(shown, {"self": link("/auditrecords")}))

    def profile(self, request: Request) -> Response:
        """Return the partner's own profile, and whether the sign-in had MFA."""
        body = b'{"companyName":"Example Partner","vettingStatus":"authorized"}'
        response = self._answer(request, body)
        compliant = self._state.quirks.mfa_compliant
        if compliant is not None and request.headers.get("validatemfa") == "true":
            response.headers["isMfaCompliant"] = str(compliant).lower()
        return response

    def _answer(self, request: Request, body: bytes) -> Response:
        return answer(body, self._state.quirks, _id_of(request))

    def _refuse(self, request: Request, refused: Refused) -> Response:
        return refusal(refused, self._state.quirks, _id_of(request))

    def _token(self, start: int) -> str:
        return b64encode(f"{self._state.continuations}:{start}".encode()).decode()

    def _start(self, token: str) -> int | None:
        generation, _, start = b64decode(token).decode().partition(":")
        return int(start) if int(generation) == self._state.continuations else None


def _id_of(request: Request) -> str:
    return request.headers.get("ms-requestid", "")


def _day_of(raw: bytes) -> str:
    day: str = msgspec.json.decode(raw)["operationDate"][:10]
    return day
