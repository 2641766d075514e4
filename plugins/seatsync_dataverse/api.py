"""Calls to the Web API: asked, judged, and made findable for Microsoft's support.

The specification this was made from suggests an asynchronous client; the agent's core is
synchronous (its database is, and a synchronous client costs less per call), so this is too, and
writes go in parallel on threads.
"""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx

from seatsync.errors import AnswerUnreadable, ProviderUnreachable
from seatsync.sdk.http import REPEATABLE_WHEN_THROTTLED, RetryPolicy, open_client
from seatsync.sdk.http.retry_after import retry_after_s
from seatsync_dataverse.errors import CrmUnreachable
from seatsync_dataverse.lanes import Lanes
from seatsync_dataverse.meaning import LATER, fault_for
from seatsync_dataverse.odata import own_link
from seatsync_dataverse.payload import encoded
from seatsync_dataverse.prefer import NOTHING
from seatsync_dataverse.problem import Problem, problem_of
from seatsync_dataverse.token import BearerAuth, MsalTokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.errors import SeatsyncError
    from seatsync.sdk.context import ConnectorContext
    from seatsync_dataverse.prefer import Prefer
    from seatsync_dataverse.settings import DataverseSettings
    from seatsync_dataverse.token import TokenProvider

RETRY = RetryPolicy(attempts=5, first_wait_s=1.0, longest_retry_after_s=60.0, spread_s=2.0)
"""A longer wait than a minute is for the schedule, not for a call (API limits)."""

CONNECT_S = 15.0
PROTOCOL = {"OData-MaxVersion": "4.0", "OData-Version": "4.0"}
JSON = "application/json; charset=utf-8"
NO_HEADERS: Mapping[str, str] = {}
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Api:
    """The Web API of one organisation; safe to share between threads."""

    def __init__(
        self,
        settings: DataverseSettings,
        context: ConnectorContext,
        *,
        tokens: TokenProvider | None = None,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare a client; nothing is sent yet. `wire` replaces the network."""
        self.context = context
        self.lanes = Lanes(context.control)
        self._origins = (settings.api_url, settings.url)
        self._tokens = tokens or MsalTokens(settings, context, wire)
        self._client = open_client(
            context,
            base_url=settings.api_url,
            timeout_s=settings.timeout_s,
            max_requests_per_second=settings.max_requests_per_second,
            auth=BearerAuth(self._tokens),
            retry=RETRY,
            wire=wire,
        )
        self._client.timeout = patience(settings.timeout_s)
        # A cookie would pin all calls to one server, and the limits are counted per server.
        self._client.cookies = _refusing_jar()
        # Hooks run outside the retries, so what is repeated keeps its id.
        self._client.event_hooks = {"request": [_stamp], "response": [self._take_hint]}

    def get(
        self, path: str, prefer: Prefer = NOTHING, headers: Mapping[str, str] = NO_HEADERS
    ) -> httpx.Response:
        """Return a good answer; `path` is below the API's address and percent-encoded.

        Raises a `CrmFault`; a fault that passes has been tried again by then.
        """
        request = self._client.build_request("GET", path, headers=_asking(prefer, headers))
        return self._judged(request)

    def follow(self, text: str, prefer: Prefer = NOTHING) -> httpx.Response:
        """Return what a link leads to; it goes out byte for byte (page results).

        No parameters may be given along: they would replace its query. Raises `AnswerUnreadable`
        for a link that leads to another origin, and a `CrmFault`.
        """
        return self.get(own_link(text, self._origins), prefer)

    def write(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        prefer: Prefer = NOTHING,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> httpx.Response:
        """Return the good answer to a write, which waits for a free lane.

        It is sent again only after a 429, which comes instead of carrying it out (API limits).
        Raises a `CrmFault`; `CrmUnreachable` tells whether it may have been carried out.
        """
        request = self._client.build_request(
            method,
            path,
            content=None if body is None else encoded(body),
            headers={
                **PROTOCOL,
                **({} if body is None else {"Content-Type": JSON}),
                **prefer.header(),
                **headers,
            },
            extensions={REPEATABLE_WHEN_THROTTLED: True},
        )
        with self.lanes.one():
            return self._judged(request)

    def absolute(self, path: str) -> str:
        """Return the whole address of a path, as references between rows spell it."""
        return str(self._client.base_url.join(path))

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()
        if isinstance(self._tokens, MsalTokens):
            self._tokens.close()

    def _judged(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._client.send(request)
        except ProviderUnreachable as fault:
            raise _unanswered(request, fault) from fault
        except AnswerUnreadable as fault:
            if request.method == "GET" or not isinstance(fault.__cause__, httpx.DecodingError):
                raise
            raise _unanswered(request, fault) from fault
        if response.is_success:
            return response
        raise fault_for(problem_of(response), retry_after_s(response, self.context.clock.now()))

    def _take_hint(self, response: httpx.Response) -> None:
        self.lanes.advise(response.headers.get("x-ms-dop-hint"))


def patience(timeout_s: float) -> httpx.Timeout:
    """Return how long an answer is waited for; a host that is not there is given up sooner."""
    return httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S))


def _asking(prefer: Prefer, headers: Mapping[str, str]) -> dict[str, str]:
    # The word null, not an empty header: it keeps answers from coming out of a cache.
    return {**PROTOCOL, "If-None-Match": "null", **prefer.header(), **headers}


def _stamp(request: httpx.Request) -> None:
    request.headers["x-ms-client-request-id"] = str(uuid4())


def _unanswered(request: httpx.Request, fault: SeatsyncError) -> CrmUnreachable:
    problem = Problem(
        0, message=fault.message, request_id=request.headers.get("x-ms-client-request-id")
    )
    never_sent = isinstance(fault.__cause__, _NEVER_SENT)
    return CrmUnreachable(problem, remedy=fault.remedy or LATER, may_have_happened=not never_sent)


def _refusing_jar() -> CookieJar:
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
