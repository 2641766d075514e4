"""Reads customers and subscriptions from Stellr's Comprehensive API."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from seatsync.errors import AnswerUnreadable, CustomerError, RecordError
from seatsync.sdk.counted_paging import CountedPage, Place, counted_pages
from seatsync.sdk.http import open_client, raise_for_answer
from seatsync.sdk.listing import Listed, fingerprint
from seatsync.sdk.verification import CONSENT, ONE_PAGE, PERMISSION, TOKEN, Stage, run_stages
from seatsync_stellr.customer import read_customer
from seatsync_stellr.envelope import read_envelope, read_reason
from seatsync_stellr.fields import keys_of
from seatsync_stellr.path import CUSTOMERS, SubscriptionPaths
from seatsync_stellr.subscription import lacking, read_subscription
from seatsync_stellr.token import token_auth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx
    import msgspec

    from seatsync.domain.connectivity import ConnectivityCheck, Consent
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.listing import CustomerPage, SubscriptionPage
    from seatsync_stellr.envelope import Envelope
    from seatsync_stellr.settings import StellrSettings

PERMISSIONS = (
    "In the Developer Portal, the credentials need the permissions List Customers, Get Customer"
    " Details, List Customers' Subscriptions and Get Subscription Details, and must be issued by"
    " the reseller's organisation administrator."
)
MOST_TRIED = 5
"""Of so many customers the subscriptions are asked for until one has some to show."""

_NOT_YOURS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class StellrConnector:
    """One connection to Stellr; may be used by several threads at once."""

    def __init__(
        self,
        settings: StellrSettings,
        context: ConnectorContext,
        *,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare a client; nothing is sent yet. `wire` replaces the network in tests."""
        self._page_size = settings.page_size
        self._currency = settings.currency
        self._paths = SubscriptionPaths(context.state)
        self._auth = token_auth(settings, context.clock)
        self._client = open_client(
            context,
            base_url=settings.api_url,
            timeout_s=settings.timeout_s,
            max_requests_per_second=settings.max_requests_per_second,
            auth=self._auth,
            wire=wire,
        )

    def verify(self) -> Iterator[ConnectivityCheck]:
        """Yield the stages of Verify Connectivity; the last one says which keys came."""
        return run_stages(
            (
                Stage(TOKEN, self._check_token),
                Stage(CONSENT),
                Stage(PERMISSION, self._check_permission),
                Stage(ONE_PAGE, self._check_page),
            )
        )

    def consents(self) -> Sequence[Consent]:
        """Return none: the permissions of the credentials decide alone."""
        return ()

    def customers(self) -> Iterator[CustomerPage]:
        """Yield the customers of every status, page by page.

        None at all is an error, since Stellr answers so, too, when it does not let us see them.
        """
        for page in counted_pages(self._customer_page, "customers"):
            yield [Listed(fingerprint(raw), partial(read_customer, raw)) for raw in page]

    def subscriptions(self, customer: RemoteCustomer) -> Iterator[SubscriptionPage]:
        """Yield the subscriptions of one customer, page by page; none at all is an error."""
        customer_id = customer.external_id
        fetch = partial(self._subscription_page, customer_id)
        for page in counted_pages(fetch, f"subscriptions of customer {customer_id}"):
            yield [self._listed(raw, customer_id) for raw in page]

    def all_subscriptions(self) -> Iterator[SubscriptionPage]:
        """Refuse: no listing of all subscriptions is known."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def _listed(self, raw: msgspec.Raw, customer_id: str) -> Listed[RemoteSubscription]:
        read_from = fingerprint(raw, customer_id.encode(), (self._currency or "").encode())
        return Listed(read_from, partial(read_subscription, raw, customer_id, self._currency))

    def _customer_page(self, place: Place) -> CountedPage[msgspec.Raw]:
        response = self._client.get(CUSTOMERS, params=self._paging(place))
        raise_for_answer(response, read_reason(response.content))
        envelope = read_envelope(response)
        if _is_bare(envelope, place):
            raise AnswerUnreadable(
                "Stellr lets us in, and shows no customer at all", remedy=PERMISSIONS
            )
        return CountedPage(envelope.records, envelope.total)

    def _subscription_page(self, customer_id: str, place: Place) -> CountedPage[msgspec.Raw]:
        envelope = read_envelope(self._ask_for_subscriptions(customer_id, place))
        if _is_bare(envelope, place):
            reason = "Stellr shows no subscription of it, as it does without the permission, too"
            raise CustomerError(customer_id, reason, remedy=PERMISSIONS)
        return CountedPage(envelope.records, envelope.total)

    def _ask_for_subscriptions(self, customer_id: str, place: Place) -> httpx.Response:
        (first, path), (second, other_path) = self._paths.of(customer_id)
        response = self._client.get(path, params=self._paging(place))
        if response.status_code == HTTPStatus.NOT_FOUND:
            first, response = second, self._client.get(other_path, params=self._paging(place))
        if not response.is_success:
            _refuse(response, customer_id)
        self._paths.remember(first)
        return response

    def _paging(self, place: Place) -> dict[str, int]:
        # Both are mandatory: without them Stellr answers an empty listing, with status 200.
        return {"pageNo": place.number + 1, "pageSize": self._page_size}

    def _check_token(self) -> str:
        self._auth.renew(self._client)
        return "Stellr gave a token"

    def _check_permission(self) -> str:
        total = self._customer_page(Place()).total
        return f"{'some' if total is None else total} customers may be listed"

    def _check_page(self) -> str:
        page = self._customer_page(Place())
        customers = [read_customer(raw) for raw in page.items]
        found = f"read a page of {len(customers)} customers with the keys {_first_keys(page.items)}"
        return f"{found}; {self._diagnosis(customers)}"

    def _diagnosis(self, customers: Sequence[RemoteCustomer]) -> str:
        """Say how the subscriptions came of the first customer that has some."""
        for customer in customers[:MOST_TRIED]:
            try:
                page = self._subscription_page(customer.external_id, Place())
            except CustomerError:
                continue
            return self._told_of(customer.external_id, page.items)
        return "no subscription of the first customers could be read"

    def _told_of(self, customer_id: str, raws: Sequence[msgspec.Raw]) -> str:
        records, faults = [], []
        for raw in raws:
            try:
                records.append(self._listed(raw, customer_id).read())
            except RecordError as error:
                faults.append(error.message)
        lacks = ", ".join(lacking(records)) or "nothing"
        told = f"customer {customer_id} has subscriptions with the keys {_first_keys(raws)}"
        return "; ".join([told, f"not found in them: {lacks}", *faults[:1]])


def _first_keys(raws: Sequence[msgspec.Raw]) -> str:
    return keys_of(raws[0]) if raws else "of no record"


def _is_bare(envelope: Envelope, place: Place) -> bool:
    """Tell whether a listing has nothing, and does not even promise anything."""
    return not (envelope.records or place.offset or envelope.total)


def _refuse(response: httpx.Response, customer_id: str) -> None:
    reason = read_reason(response.content)
    if response.status_code in _NOT_YOURS:
        raise CustomerError(
            customer_id,
            reason or f"Stellr does not let us read it (status {response.status_code})",
            remedy=PERMISSIONS,
        )
    raise_for_answer(response, reason)
