"""The innermost transport: httpx's own, through the proxy that the environment asks for."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

import httpx

from seatsync.errors import SetupError
from seatsync.sdk.http.trust import trusted_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.sdk.context import Control


class Wire(httpx.BaseTransport):
    """Sends requests over the network and reads each answer whole.

    Proxies and certificates come from the environment, as httpx reads them (`HTTPS_PROXY`,
    `NO_PROXY`, `SSL_CERT_FILE`), and from `REQUESTS_CA_BUNDLE`; a client that is given a
    transport would leave proxies out.
    Reading here, below the retries, makes a body that breaks off a fault like any other.
    """

    def __init__(self, control: Control, timeout_s: float) -> None:
        """Allow `timeout_s` for each body, however slowly it trickles."""
        self._control = control
        self._timeout_s = timeout_s
        self._timeout = httpx.Timeout(timeout_s).as_dict()
        self._lock = threading.Lock()
        self._by_origin: dict[tuple[str, str], httpx.HTTPTransport] = {}
        self._by_proxy: dict[str | None, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, its body read and decoded."""
        # A client sets no timeout on what its auth sends: a token request would wait for ever.
        request.extensions.setdefault("timeout", self._timeout)
        response = self._transport(request.url).handle_request(request)
        response.stream = _Body(response, self._control, time.monotonic() + self._timeout_s)
        response.read()
        return response

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for transport in self._by_proxy.values():
                transport.close()

    def _transport(self, url: httpx.URL) -> httpx.HTTPTransport:
        origin = (url.scheme, url.host)
        return self._by_origin.get(origin) or self._open(origin)

    def _open(self, origin: tuple[str, str]) -> httpx.HTTPTransport:
        with self._lock:
            proxy = proxy_for(*origin)
            if proxy not in self._by_proxy:
                self._by_proxy[proxy] = _open_transport(proxy)
            self._by_origin[origin] = self._by_proxy[proxy]
            return self._by_origin[origin]


def _open_transport(proxy: str | None) -> httpx.HTTPTransport:
    try:
        return httpx.HTTPTransport(verify=trusted_context(), proxy=proxy)
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        # The text of the fault is left out: a proxy's address may hold a password.
        what = "certificates" if isinstance(error, OSError) else "proxy"
        message = f"the {what} that the environment names cannot be used"
        remedy = (
            "Check SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE,"
            " HTTP_PROXY, HTTPS_PROXY and ALL_PROXY."
        )
        raise SetupError(message, remedy=remedy) from error


class _Body(httpx.SyncByteStream):
    """A body that stops being read when its time is over, or when somebody asks to stop."""

    def __init__(self, response: httpx.Response, control: Control, deadline: float) -> None:
        self._stream = response.stream
        self._control = control
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        if not isinstance(self._stream, httpx.SyncByteStream):
            message = "an asynchronous answer on a synchronous wire"
            raise TypeError(message)
        for chunk in self._stream:
            self._control.check()
            if time.monotonic() > self._deadline:
                message = "the answer did not end in time"
                raise httpx.ReadTimeout(message)
            yield chunk

    def close(self) -> None:
        if isinstance(self._stream, httpx.SyncByteStream):
            self._stream.close()


def proxy_for(scheme: str, host: str) -> str | None:
    """Return the URL of the proxy that the environment names for a host, or None."""
    proxies = getproxies()
    if proxy_bypass(host):
        return None
    proxy = proxies.get(scheme) or proxies.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
