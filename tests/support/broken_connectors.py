"""The Pax8 connector, broken on purpose: one way for each rule of the conformance suite."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import ConfigDict, SecretStr

from lab import LabPage
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.errors import CredentialsRefused, CustomerError, SeatsyncError
from seatsync.sdk.context import Control
from seatsync.sdk.http.layer import Layer
from seatsync.sdk.http.wire import Wire
from seatsync.sdk.listing import Listed, fingerprint, listed
from seatsync_pax8 import PLUGIN
from seatsync_pax8.connector import Pax8Connector
from seatsync_pax8.settings import Pax8Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from seatsync.domain.connectivity import ConnectivityCheck
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.plugin import ProviderPlugin

    Pages = Iterable[Sequence[Listed[Any]]]
    Bend = Callable[[Pages], Pages]

LOG = logging.getLogger(__name__)


class Bent:
    """A connector that does one thing otherwise."""

    def __init__(self, inner: Pax8Connector, **otherwise: Any) -> None:
        self._inner = inner
        self._otherwise = otherwise

    def __getattr__(self, name: str) -> Any:
        if name in self._otherwise:
            return partial(self._otherwise[name], self._inner)
        return getattr(self._inner, name)


def bent(**otherwise: Any) -> ProviderPlugin:
    """Return the plug-in with methods that are handed the right connector first."""

    def connect(settings: Pax8Settings, context: ConnectorContext) -> Connector:
        connector: Any = Bent(Pax8Connector(settings, context), **otherwise)
        return connector  # type: ignore[no-any-return]

    return replace(PLUGIN, connect=connect)


def with_pages(bend: Bend) -> ProviderPlugin:
    """Return the plug-in with every listing bent."""
    return bent(
        customers=lambda inner: iter(bend(inner.customers())),
        subscriptions=lambda inner, customer: iter(bend(inner.subscriptions(customer))),
        all_subscriptions=lambda inner: iter(bend(inner.all_subscriptions())),
    )


def with_records(change: Callable[[Any], Any]) -> ProviderPlugin:
    """Return the plug-in with every record changed after it was read."""

    def bend(pages: Pages) -> Pages:
        for page in pages:
            yield [Listed(one.fingerprint, partial(_read, one, change)) for one in page]

    return with_pages(bend)


def _read(one: Listed[Any], change: Callable[[Any], Any]) -> Any:
    return change(one.read())


def with_subscriptions(change: Callable[[RemoteSubscription], Any]) -> ProviderPlugin:
    """Return the plug-in with every subscription changed after it was read."""
    return with_records(lambda one: change(one) if isinstance(one, RemoteSubscription) else one)


def with_wire(make: Callable[[httpx.BaseTransport, Pax8Settings], httpx.BaseTransport]) -> Any:
    """Return the plug-in with another wire."""

    def connect(settings: Pax8Settings, context: ConnectorContext) -> Connector:
        wire = make(Wire(context.control, settings.timeout_s), settings)
        return Pax8Connector(settings, context, wire=wire)

    return replace(PLUGIN, connect=connect)


class Retelling(Layer):
    """Tells other statuses than came; a connection that fails is one that cannot be."""

    def __init__(self, inner: httpx.BaseTransport, statuses: dict[int, int]) -> None:
        super().__init__(inner)
        self._statuses = statuses

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            came = self._inner.handle_request(request)
        except httpx.TransportError as error:
            raise httpx.UnsupportedProtocol(str(error)) from error
        came.status_code = self._statuses.get(came.status_code, came.status_code)
        return came


class Meddling(Layer):
    """Does something with each request before it is sent."""

    def __init__(
        self, inner: httpx.BaseTransport, first: Callable[[httpx.BaseTransport, Any], None]
    ) -> None:
        super().__init__(inner)
        self._first = first

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._first(self._inner, request)
        return self._inner.handle_request(request)


def _posting(inner: httpx.BaseTransport, request: httpx.Request) -> None:
    if request.method == "GET":
        inner.handle_request(httpx.Request("POST", request.url))


def _quiet(pages: Pages) -> Pages:
    try:
        yield from pages
    except SeatsyncError:
        return


def _without_last(pages: Pages) -> Pages:
    return list(pages)[:-1]


def _eager(pages: Pages) -> Pages:
    for page in pages:
        yield [listed(one.read()) for one in page]


def _restless(pages: Pages) -> Pages:
    for page in pages:
        yield [Listed(os.urandom(16), one.read) for one in page]


def _by_id_only(pages: Pages) -> Pages:
    for page in pages:
        yield [Listed(fingerprint(one.read().external_id.encode()), one.read) for one in page]


class _SameDigest(LabPage):
    """A page that says of itself what every other page says."""

    @property
    def digest(self) -> bytes:
        return bytes(16)

    def still_has(self, fingerprints: bytes) -> bool:
        return bool(fingerprints)


def _one_page_for_all(pages: Pages) -> Pages:
    for page in pages:
        yield _SameDigest("", page, None)


def _living(pages: Pages) -> Pages:
    for page in pages:
        yield [one for one in page if not _is_ended(one.read())]


def _is_ended(record: Any) -> bool:
    return isinstance(record, RemoteSubscription) and record.status.is_ended


def _resuming() -> ProviderPlugin:
    """Return a plug-in that never hands on twice what it has handed on once."""
    handed: set[bytes] = set()

    def bend(pages: Pages) -> Pages:
        for page in pages:
            new = [one for one in page if one.fingerprint not in handed]
            handed.update(one.fingerprint for one in new)
            yield new

    return with_pages(bend)


def _stale() -> ProviderPlugin:
    """Return a plug-in that never forgets what a record was when it was first read."""
    first: dict[str, RemoteSubscription] = {}
    return with_subscriptions(lambda one: first.setdefault(one.external_id, one))


def _growing() -> ProviderPlugin:
    """Return a plug-in whose records differ with every reading."""
    readings = iter(range(1_000_000))

    def bend(pages: Pages) -> Pages:
        for page in pages:
            yield [listed(_grown(one.read(), next(readings))) for one in page]

    return with_pages(bend)


def _grown(record: Any, by: int) -> Any:
    is_one = isinstance(record, RemoteSubscription)
    return replace(record, quantity=record.quantity + by) if is_one else record


def _never_empty(inner: Pax8Connector, customer: RemoteCustomer) -> Any:
    pages = list(inner.subscriptions(customer))
    if not any(pages):
        raise CustomerError(customer.external_id, "it holds nothing")
    return iter(pages)


def _one_at_a_time() -> ProviderPlugin:
    """Return a plug-in that keeps, for all threads, which customer it is reading."""
    reading: list[RemoteCustomer] = []

    def subscriptions(inner: Pax8Connector, customer: RemoteCustomer) -> Any:
        reading[:] = [customer]
        time.sleep(0.02)
        return inner.subscriptions(reading[0])

    return bent(subscriptions=subscriptions)


def _renamed_scan(inner: Pax8Connector) -> Any:
    for page in inner.all_subscriptions():
        yield [listed(replace(one.read(), name="Something else")) for one in page]


def _checks(change: Callable[[list[ConnectivityCheck]], Any]) -> ProviderPlugin:
    return bent(verify=lambda inner: iter(change(list(inner.verify()))))


def _deaf() -> ProviderPlugin:
    def connect(settings: Pax8Settings, context: ConnectorContext) -> Connector:
        return Pax8Connector(settings, replace(context, control=Control()))

    return replace(PLUGIN, connect=connect)


def _talkative() -> ProviderPlugin:
    def connect(settings: Pax8Settings, context: ConnectorContext) -> Connector:
        LOG.debug("connecting with %s", settings.client_secret.get_secret_value())
        return Pax8Connector(settings, context)

    return replace(PLUGIN, connect=connect)


def _blabbing(pages: Pages, secret: str) -> Pages:
    try:
        yield from pages
    except SeatsyncError as error:
        raise CredentialsRefused(f"{secret} was refused", remedy="Another one.") from error


def _blabbing_plugin() -> ProviderPlugin:
    def connect(settings: Pax8Settings, context: ConnectorContext) -> Connector:
        secret = settings.client_secret.get_secret_value()
        bend = partial(_blabbing, secret=secret)
        return with_pages(bend).connect(settings, context)

    return replace(PLUGIN, connect=connect)


def _key_in_address(_inner: httpx.BaseTransport, request: Any, secret: str) -> None:
    request.url = request.url.copy_merge_params({"key": secret})


class Undescribed(Pax8Settings):
    page: int = 0


class Unmarked(Pax8Settings):
    api_password: str = "letmein"  # noqa: S105 - it opens nothing


class Lenient(Pax8Settings):
    model_config = ConfigDict(extra="ignore")
    client_secret: SecretStr = SecretStr("none")


@cache
def broken() -> dict[str, Callable[[], ProviderPlugin]]:
    """Return, by the name of each rule, a way to make a connector that breaks it."""
    quietly = partial(with_pages, _quiet)
    at_once = partial(with_wire, lambda inner, _: Retelling(inner, _NEVER_AGAIN))
    short = partial(with_pages, _without_last)
    eager = partial(with_pages, _eager)
    return {
        "the-plug-in-introduces-itself": lambda: replace(PLUGIN, name="Pax 8"),
        "settings-are-described": lambda: replace(PLUGIN, settings=Undescribed),
        "secrets-are-marked": lambda: replace(PLUGIN, settings=Unmarked),
        "wrong-settings-are-refused": lambda: replace(PLUGIN, settings=Lenient),
        "verify-tells-its-stages": lambda: _checks(lambda checks: checks[::-1]),
        "verify-tells-a-wrong-secret": lambda: _checks(
            lambda checks: [replace(check, remedy=None) for check in checks]
        ),
        "verify-tells-a-network-fault": lambda: _checks(
            lambda checks: [replace(check, message="It failed.") for check in checks]
        ),
        "customers-are-listed-to-the-end": short,
        "subscriptions-are-listed-to-the-end": short,
        "nothing-is-listed-as-nothing": lambda: bent(subscriptions=_never_empty),
        "records-say-what-the-provider-says": lambda: with_subscriptions(
            lambda one: replace(one, quantity=one.quantity + 1)
        ),
        "reading-changes-nothing": lambda: with_wire(lambda inner, _: Meddling(inner, _posting)),
        "fingerprints-recognise-records": lambda: with_pages(_restless),
        "fingerprints-change-with-their-records": lambda: with_pages(_by_id_only),
        "page-digests-change-with-their-records": lambda: with_pages(_one_page_for_all),
        "unknown-states-stay-unknown": lambda: with_subscriptions(
            lambda one: replace(one, status=SubscriptionStatus.ACTIVE)
        ),
        "ended-subscriptions-are-listed": lambda: with_pages(_living),
        "unit-costs-come-with-their-currency": lambda: with_subscriptions(
            lambda one: replace(one, unit_cost=None)
        ),
        "one-bad-record-costs-itself-only": eager,
        "what-is-no-record-costs-itself-only": eager,
        "a-customer-that-is-refused-costs-itself-only": quietly,
        "one-scan-tells-what-customers-tell": lambda: bent(all_subscriptions=_renamed_scan),
        "pages-are-handed-on-as-they-come": lambda: with_pages(list),
        "several-threads-may-read": _one_at_a_time,
        "a-repeated-page-is-noticed": quietly,
        "a-missing-page-is-noticed": quietly,
        "pages-in-another-order-lose-nothing": lambda: with_pages(_without_first),
        "an-empty-page-is-noticed": quietly,
        "a-truncated-page-is-noticed": quietly,
        "a-record-that-comes-twice-is-no-fault": lambda: with_pages(_strict),
        "a-401-in-the-middle-is-mended": lambda: with_wire(
            lambda inner, _: Retelling(inner, {401: 403})
        ),
        "a-401-that-stays-is-told": quietly,
        "a-listing-that-is-refused-is-told": quietly,
        "a-429-is-waited-for": at_once,
        "a-429-without-a-time-is-waited-for": at_once,
        "a-429-that-stays-is-told": at_once,
        "a-server-fault-is-tried-again": at_once,
        "a-server-fault-that-stays-is-told": at_once,
        "a-timeout-is-tried-again": at_once,
        "a-timeout-that-stays-is-told": quietly,
        "a-dropped-connection-is-tried-again": at_once,
        "a-dropped-connection-that-stays-is-told": quietly,
        "garbage-is-told": quietly,
        "it-stops-when-it-is-asked-to": _deaf,
        "a-sync-takes-over-what-is-there": short,
        "a-second-sync-changes-nothing": _growing,
        "a-change-is-taken-over-once": _stale,
        "a-sync-that-is-killed-is-finished-by-the-next": _resuming,
        "two-syncs-at-once-end-as-one": _resuming,
        "a-sync-that-fails-forgets-nobody": quietly,
        "logs-hold-no-secret": _talkative,
        "errors-hold-no-secret": _blabbing_plugin,
        "the-database-holds-no-secret": _blabbing_plugin,
        "cassettes-hold-no-secret": lambda: with_wire(
            lambda inner, settings: Meddling(
                inner,
                partial(_key_in_address, secret=settings.client_secret.get_secret_value()),
            )
        ),
    }


_NEVER_AGAIN = {429: 404, 500: 404, 502: 404, 503: 404, 504: 404}


def _without_first(pages: Pages) -> Pages:
    return list(pages)[1:]


def _strict(pages: Pages) -> Pages:
    """Take a record that comes twice for the end."""
    seen: set[bytes] = set()
    for page in pages:
        if seen & {one.fingerprint for one in page}:
            raise CustomerError("nobody", "a record came twice")
        seen.update(one.fingerprint for one in page)
        yield page
