"""The HTTP surface of the simulated Pax8 (Pax8 OpenAPI, partner endpoints and authentication)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.routing import Route

from seatsync_pax8.simulator.answers import error_answer, json_answer, page_answer, token_error
from seatsync_pax8.simulator.query import (
    COMPANY_SORTS,
    PRODUCT_SORTS,
    SUBSCRIPTION_SORTS,
    read_paging,
    select,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from seatsync_pax8.simulator.state import State
    from seatsync_pax8.simulator.store import Store

    Endpoint = Callable[[Request], Awaitable[Response]]

COMPANY_FILTERS = ("status", "city", "country", "stateOrProvince", "postalCode")
SUBSCRIPTION_FILTERS = ("status", "billingTerm", "productId")
PRODUCT_FILTERS = ("vendorName",)


def make_app(state: State) -> Starlette:
    """Return the ASGI application that answers from `state`."""
    answers = _Answers(state)
    guarded = {
        "/v1/companies": answers.companies,
        "/v1/companies/{id}": answers.company,
        "/v1/products": answers.products,
        "/v1/products/{id}": answers.product,
        "/v1/products/{id}/pricing": answers.pricing,
        "/v1/subscriptions": answers.subscriptions,
        "/v1/subscriptions/{id}": answers.subscription,
    }
    routes = [Route(path, answers.guard(endpoint)) for path, endpoint in guarded.items()]
    return Starlette(routes=[Route("/v1/token", answers.token, methods=["POST"]), *routes])


class _Answers:
    """The endpoints."""

    def __init__(self, state: State) -> None:
        self._state = state

    def guard(self, endpoint: Callable[[Request], Response]) -> Endpoint:
        """Let only callers with a good token in; word a `ValueError` as a 400."""

        async def guarded(request: Request) -> Response:
            path = request.url.path
            if not self._state.tokens.accept(request.headers.get("authorization", "")):
                return error_answer(401, "Unauthorized", path)
            if path in self._state.refused_paths:
                return error_answer(403, "Forbidden", path)
            try:
                return endpoint(request)
            except ValueError as error:
                return error_answer(400, str(error), path)

        return guarded

    async def token(self, request: Request) -> Response:
        """Give a token for the right credentials, in a JSON body."""
        try:
            asked = msgspec.json.decode(await request.body(), type=dict[str, str])
        except msgspec.DecodeError:
            return token_error()
        if asked != self._expected():
            return token_error()
        tokens = self._state.tokens
        body = {
            "access_token": tokens.give(),
            "expires_in": tokens.lifetime_s,
            "token_type": "Bearer",
        }
        return json_answer(msgspec.json.encode(body))

    def _expected(self) -> dict[str, str]:
        return {
            "client_id": self._state.client_id,
            "client_secret": self._state.client_secret,
            "audience": self._state.audience,
            "grant_type": "client_credentials",
        }

    def companies(self, request: Request) -> Response:
        """List companies."""
        return _page(request, self._state.companies, COMPANY_FILTERS, COMPANY_SORTS)

    def company(self, request: Request) -> Response:
        """Return one company."""
        return _one(request, self._state.companies, "Company")

    def products(self, request: Request) -> Response:
        """List products."""
        return _page(request, self._state.products, PRODUCT_FILTERS, PRODUCT_SORTS)

    def product(self, request: Request) -> Response:
        """Return one product."""
        return _one(request, self._state.products, "Product")

    def pricing(self, request: Request) -> Response:
        """Return a product's pricing, in a listing without a page object."""
        product_id = request.path_params["id"]
        if product_id not in self._state.products:
            return error_answer(404, f"Product Not Found: {product_id}", request.url.path)
        return json_answer(b'{"content":[%b]}' % self._state.pricing.get(product_id, b""))

    def subscriptions(self, request: Request) -> Response:
        """List subscriptions; a company that is not the partner's is refused."""
        company_id = request.query_params.get("companyId")
        if company_id is not None and self._is_foreign(company_id):
            return error_answer(403, "Invalid companyId", request.url.path)
        return _page(request, self._state.subscriptions, SUBSCRIPTION_FILTERS, SUBSCRIPTION_SORTS)

    def _is_foreign(self, company_id: str) -> bool:
        state = self._state
        return company_id in state.refused_companies or company_id not in state.companies

    def subscription(self, request: Request) -> Response:
        """Return one subscription."""
        return _one(request, self._state.subscriptions, "Subscription")


def _page(
    request: Request, store: Store, filters: Sequence[str], sorts: frozenset[str]
) -> Response:
    query = request.query_params
    paging = read_paging(query)
    found = select(store, query, filters=filters, sorts=sorts)
    return page_answer(
        store.render(paging.cut(found)), number=paging.number, size=paging.size, total=len(found)
    )


def _one(request: Request, store: Store, kind: str) -> Response:
    record_id = request.path_params["id"]
    raw = store.raw(record_id)
    if raw is None:
        return error_answer(404, f"{kind} Not Found: {record_id}", request.url.path)
    return json_answer(raw)
