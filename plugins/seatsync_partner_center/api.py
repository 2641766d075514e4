"""Calls to the Partner Center REST API: asked, judged and decoded."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from seatsync.errors import AnswerUnreadable, CustomerError
from seatsync.sdk.http import open_client
from seatsync.sdk.linked_paging import LinkExpired, linked_pages
from seatsync_partner_center.page import read_page
from seatsync_partner_center.problem import problem_of
from seatsync_partner_center.refusals import STRANGE, fault_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx

    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.linked_paging import Link, LinkedPage
    from seatsync_partner_center.settings import PartnerCenterSettings

LOG = logging.getLogger(__name__)

_EXPIRED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class Api:
    """The API of one partner; safe to share between threads."""

    def __init__(
        self,
        settings: PartnerCenterSettings,
        context: ConnectorContext,
        auth: httpx.Auth,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare a client; nothing is sent yet."""
        self.origin = settings.base_url
        self.client = open_client(
            context,
            base_url=settings.base_url,
            timeout_s=settings.timeout_s,
            max_requests_per_second=settings.max_requests_per_second,
            auth=auth,
            wire=wire,
        )
        # Hooks run outside the retries, so what is repeated keeps its ids (REST headers).
        self.client.event_hooks = {"request": [_stamp]}

    def get(
        self, url: str, headers: Sequence[tuple[str, str]] = (), customer_id: str | None = None
    ) -> httpx.Response:
        """Return a good answer, or raise what the table of refusals says.

        A refusal that concerns only `customer_id` is raised as a `CustomerError`.
        """
        response = self.client.get(url, headers=list(headers))
        if not response.is_success:
            raise fault_for(problem_of(response), customer_id)
        return response

    def pages(
        self, first: Link, what: str, customer_id: str | None = None
    ) -> Iterator[Sequence[msgspec.Raw]]:
        """Yield the items of a listing, page by page; the walk begins again if it lost its place.

        Items may come twice then.
        """

        def fetch(link: Link) -> LinkedPage[msgspec.Raw]:
            if link is first:
                return self._page(self.get(link.url, link.headers, customer_id), customer_id)
            return self._next_page(link, customer_id)

        return linked_pages(fetch, first, what)

    def _next_page(self, link: Link, customer_id: str | None) -> LinkedPage[msgspec.Raw]:
        response = self.client.get(link.url, headers=list(link.headers))
        if response.status_code in _EXPIRED:
            raise LinkExpired
        if not response.is_success:
            raise fault_for(problem_of(response), customer_id)
        return self._page(response, customer_id)

    def _page(self, response: httpx.Response, customer_id: str | None) -> LinkedPage[msgspec.Raw]:
        try:
            return read_page(response.content, self.origin)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _unreadable(response, error, customer_id) from error


def _unreadable(
    response: httpx.Response, error: Exception, customer_id: str | None
) -> CustomerError | AnswerUnreadable:
    problem = problem_of(response)
    if problem.code is not None:
        # A success can carry a refusal, such as 400072 for an item that is not available.
        fault = fault_for(problem, customer_id)
        if isinstance(fault, CustomerError | AnswerUnreadable):
            return fault
    reason = f"the answer of {response.request.url.path} cannot be read: {error}"
    if customer_id is not None:
        return CustomerError(customer_id, reason, code=AnswerUnreadable.code, remedy=STRANGE)
    return AnswerUnreadable(reason, remedy=STRANGE)


def _stamp(request: httpx.Request) -> None:
    """Name a request, so that Microsoft's support can find it, and repeats be told from new ones.

    `MS-Contract-Version` is documented as required; the version is in the path too.
    """
    request.headers["MS-RequestId"] = request_id = str(uuid4())
    request.headers["MS-CorrelationId"] = correlation_id = str(uuid4())
    LOG.debug("%s: request %s, correlation %s", request.url.path, request_id, correlation_id)
    request.headers["MS-Contract-Version"] = "v1"
    request.headers["MS-PartnerCenter-Application"] = "seatsync"
