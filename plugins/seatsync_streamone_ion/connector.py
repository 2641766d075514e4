"""Reads customers and subscriptions from the StreamOne ION API v3."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from seatsync.errors import AnswerUnreadable, CustomerError
from seatsync.sdk.counted_paging import CountedPage, Place, counted_pages
from seatsync.sdk.http import decoded, open_client, raise_for_answer
from seatsync.sdk.linked_paging import Link, LinkedPage, linked_pages
from seatsync.sdk.listing import Listed, fingerprint
from seatsync.sdk.verification import (
    CONSENT,
    ONE_PAGE,
    PERMISSION,
    TOKEN,
    Stage,
    Warned,
    run_stages,
)
from seatsync_streamone_ion.auth import IonAuth
from seatsync_streamone_ion.chain import KEEP_ALIVE_S
from seatsync_streamone_ion.customer import customer_id_of, read_customer
from seatsync_streamone_ion.exchange import Exchange
from seatsync_streamone_ion.profile import NO_PROFILE, Profile
from seatsync_streamone_ion.subscription import read_subscription
from seatsync_streamone_ion.tenants import Tenants
from seatsync_streamone_ion.tokens import REMEDY, Tokens
from seatsync_streamone_ion.wire import customers_decoder, read_reason, subscriptions_decoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx
    import msgspec

    from seatsync.domain.connectivity import ConnectivityCheck, Consent
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.listing import CustomerPage, SubscriptionPage
    from seatsync_streamone_ion.settings import IonSettings

_NOT_YOURS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_FIRST = Link("")
"""The customers' listing names its next page by a token, which takes the place of a URL."""
_DAY_S = 86_400.0


class IonConnector:
    """One connection to ION; may be used by several threads at once."""

    def __init__(
        self,
        settings: IonSettings,
        context: ConnectorContext,
        *,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare clients; nothing is sent yet. `wire` replaces the network in tests."""
        self._settings = settings
        self._context = context
        self._exchange = Exchange(settings, context, wire)
        self._tokens = Tokens(settings, context, self._exchange)
        self._client = open_client(
            context,
            base_url=f"{settings.base_url}/api/v3/accounts/{settings.account_id}",
            timeout_s=settings.timeout_s,
            max_requests_per_second=settings.max_requests_per_second,
            auth=IonAuth(self._tokens),
            wire=wire,
        )

    def verify(self) -> Iterator[ConnectivityCheck]:
        """Yield the stages of Verify Connectivity; ION asks for no consent.

        The scheduled check is what keeps the chain of tokens alive: its first stage exchanges a
        refresh token that is older than a week, whatever the access token is still good for.
        """
        return run_stages(
            (
                Stage(TOKEN, self._check_token),
                Stage(CONSENT),
                Stage(PERMISSION, self._check_permission),
                Stage(ONE_PAGE, self._check_page),
            )
        )

    def consents(self) -> Sequence[Consent]:
        """Return none: the role of the integration user decides alone."""
        return ()

    def customers(self) -> Iterator[CustomerPage]:
        """Yield the customers of every status, page by page."""
        tenants = Tenants(self._client, self._context) if self._settings.cloud_profiles else None
        for page in linked_pages(self._customer_page, _FIRST, "customers"):
            yield [_listed_customer(raw, tenants) for raw in page]
            if tenants:
                tenants.keep()

    def subscriptions(self, customer: RemoteCustomer) -> Iterator[SubscriptionPage]:
        """Yield the subscriptions of one customer, page by page."""
        yield from self._subscriptions({"customerId": customer.external_id})

    def all_subscriptions(self) -> Iterator[SubscriptionPage]:
        """Yield the subscriptions of all customers in one scan.

        A record may come twice when rows move between pages during the scan.
        """
        yield from self._subscriptions({})

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()
        self._exchange.close()

    def _subscriptions(self, query: dict[str, str]) -> Iterator[SubscriptionPage]:
        fetch = partial(self._subscription_page, query)
        for page in counted_pages(fetch, "subscriptions"):
            yield [Listed(fingerprint(raw), partial(read_subscription, raw)) for raw in page]

    def _customer_page(self, link: Link) -> LinkedPage[msgspec.Raw]:
        # The size is asked for on every page: without it and a token, ION answers 400.
        query: dict[str, str | int] = {"pageSize": self._settings.page_size}
        response = self._ask("customers", query | ({"pageToken": link.url} if link.url else {}))
        answer = decoded(response, customers_decoder)
        if answer.customers is None and link == _FIRST:
            raise _no_listing("customers")
        following = Link(answer.next_page_token) if answer.next_page_token else None
        return LinkedPage(answer.customers or (), following)

    def _subscription_page(self, query: dict[str, str], place: Place) -> CountedPage[msgspec.Raw]:
        limited: dict[str, str | int] = {
            **query,
            "pagination.limit": self._settings.page_size,
            "pagination.offset": place.offset,
        }
        response = self._ask("subscriptions", limited)
        answer = decoded(response, subscriptions_decoder)
        if not answer.is_listing:
            raise _no_listing("subscriptions")
        return CountedPage(answer.items or (), answer.total)

    def _ask(self, path: str, query: dict[str, str | int]) -> httpx.Response:
        response = self._client.get(path, params=query)
        if not response.is_success:
            _refuse(response, query.get("customerId"))
        return response

    def _check_token(self) -> str | Warned:
        token = self._tokens.current()
        left_s = self._exchange.refresh_lifetime_s(token)
        if left_s is None:
            return "ION gave a token"
        found = f"ION gave a token; the refresh token lives for {left_s / _DAY_S:.0f} days"
        return Warned(found, REMEDY) if left_s < KEEP_ALIVE_S else found

    def _check_permission(self) -> str:
        self._ask("customers", {"pageSize": 1})
        return "customers may be listed"

    def _check_page(self) -> str:
        page = self._customer_page(_FIRST)
        for raw in page.items:
            read_customer(raw, NO_PROFILE)
        return f"read a page of {len(page.items)} customers"


def _listed_customer(raw: msgspec.Raw, tenants: Tenants | None) -> Listed[RemoteCustomer]:
    profile = tenants.of(customer_id_of(raw)) if tenants else NO_PROFILE
    return Listed(fingerprint(raw, _digest(profile)), partial(read_customer, raw, profile))


def _digest(profile: Profile) -> bytes:
    return repr((profile.tenant_id, profile.domain)).encode()


def _no_listing(what: str) -> AnswerUnreadable:
    return AnswerUnreadable(
        f"the answer of StreamOne ION holds no listing of {what}",
        remedy="Check account_id and base_url of this provider in config.yaml.",
    )


def _refuse(response: httpx.Response, customer_id: object) -> None:
    reason = read_reason(response.content)
    if customer_id is not None and response.status_code in _NOT_YOURS:
        raise CustomerError(
            str(customer_id),
            reason or f"ION does not let us read it (status {response.status_code})",
            remedy="At ION, check the customer, and the role of the integration user.",
        )
    raise_for_answer(response, reason)
