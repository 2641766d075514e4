"""Reads companies and subscriptions from the Pax8 Partner API."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from seatsync.errors import CustomerError
from seatsync.sdk.http import decoded, open_client, raise_for_answer
from seatsync.sdk.paging import Page, numbered_pages
from seatsync.sdk.verification import CONSENT, ONE_PAGE, PERMISSION, TOKEN, Stage, run_stages
from seatsync_pax8.catalogue import Catalogue
from seatsync_pax8.page import CompanyPage, SubscriptionPage
from seatsync_pax8.token import token_auth
from seatsync_pax8.wire import envelope_decoder, read_reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx
    import msgspec

    from seatsync.domain.connectivity import ConnectivityCheck, Consent
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.listing import CustomerPage as ListedCustomers
    from seatsync.sdk.listing import SubscriptionPage as ListedSubscriptions
    from seatsync_pax8.settings import Pax8Settings

_OLDEST_FIRST = {"sort": "createdDate,asc"}
"""New subscriptions come last, so they move nothing to a page that was read already."""

_NOT_YOURS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class Pax8Connector:
    """One connection to Pax8; may be used by several threads at once."""

    def __init__(
        self,
        settings: Pax8Settings,
        context: ConnectorContext,
        *,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare a client; nothing is sent yet. `wire` replaces the network in tests."""
        self._page_size = settings.page_size
        self._auth = token_auth(settings, context.clock)
        self._client = open_client(
            context,
            base_url=settings.base_url,
            timeout_s=settings.timeout_s,
            max_requests_per_second=settings.max_requests_per_second,
            auth=self._auth,
            wire=wire,
        )
        self._base = str(self._client.base_url)
        self._catalogue = Catalogue(self._client)

    def verify(self) -> Iterator[ConnectivityCheck]:
        """Yield the stages of Verify Connectivity; Pax8 asks for no consent."""
        return run_stages(
            (
                Stage(TOKEN, self._check_token),
                Stage(CONSENT),
                Stage(PERMISSION, self._check_permission),
                Stage(ONE_PAGE, self._check_page),
            )
        )

    def consents(self) -> Sequence[Consent]:
        """Return none: client credentials need no consent at Pax8."""
        return ()

    def customers(self) -> Iterator[ListedCustomers]:
        """Yield the companies of every status, page by page."""
        for page in self._pages("companies", {"sort": "name,asc"}):
            yield CompanyPage(page)

    def subscriptions(self, customer: RemoteCustomer) -> Iterator[ListedSubscriptions]:
        """Yield the subscriptions of one company, page by page."""
        query = {"companyId": customer.external_id, **_OLDEST_FIRST}
        return self._subscriptions(query)

    def all_subscriptions(self) -> Iterator[ListedSubscriptions]:
        """Yield the subscriptions of all companies in one scan.

        A record may come twice when rows move between pages during the scan.
        """
        return self._subscriptions(_OLDEST_FIRST)

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def _subscriptions(self, query: dict[str, str]) -> Iterator[ListedSubscriptions]:
        for page in self._pages("subscriptions", query):
            yield SubscriptionPage(page, self._catalogue)

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[Sequence[msgspec.Raw]]:
        return numbered_pages(partial(self._page, path, query), path)

    def _page(self, path: str, query: dict[str, str], number: int) -> Page[msgspec.Raw]:
        response = self._ask(path, {**query, "page": number, "size": self._page_size})
        envelope = decoded(response, envelope_decoder)
        if envelope.page is None:
            return Page(envelope.content)
        return Page(envelope.content, envelope.page.total_pages, envelope.page.total_elements)

    def _ask(self, path: str, query: dict[str, str | int]) -> httpx.Response:
        # httpx takes an address apart anew for each part that it adds, so it is given whole.
        response = self._client.get(f"{self._base}{path}?{urlencode(query)}")
        if not response.is_success:
            _refuse(response, query.get("companyId"))
        return response

    def _check_token(self) -> str:
        self._auth.renew(self._client)
        return "Pax8 gave a token"

    def _check_permission(self) -> str:
        self._ask("companies", {"page": 0, "size": 1})
        return "companies may be listed"

    def _check_page(self) -> str:
        return f"read a page of {len(next(self.customers(), ()))} companies"


def _refuse(response: httpx.Response, company_id: object) -> None:
    reason = read_reason(response.content)
    if company_id is not None and response.status_code in _NOT_YOURS:
        raise CustomerError(
            str(company_id),
            reason or f"Pax8 does not let us read it (status {response.status_code})",
            remedy="At Pax8, check that the company still belongs to this partner.",
        )
    raise_for_answer(response, reason)
