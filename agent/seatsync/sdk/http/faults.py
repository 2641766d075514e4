"""The faults of the network, in the words of `seatsync.errors`."""

from __future__ import annotations

import httpx

from seatsync.errors import AnswerUnreadable, ProviderUnreachable
from seatsync.sdk.http.layer import Layer

_WORDS: tuple[tuple[type[httpx.TransportError], str], ...] = (
    (httpx.ConnectTimeout, "did not accept a connection in time"),
    (httpx.PoolTimeout, "has no free connection: too many calls at once"),
    (httpx.TimeoutException, "did not answer in time"),
    (httpx.ProxyError, "cannot be reached through the proxy"),
    (httpx.ConnectError, "cannot be reached"),
    (httpx.UnsupportedProtocol, "cannot be reached: its URL is neither http nor https"),
    (httpx.TransportError, "broke off the connection"),
)

_REMEDY = "Check the network, the proxy and the provider's status page; it is tried again later."


class FaultLayer(Layer):
    """Raises what the network did wrong as `ProviderUnreachable` or `AnswerUnreadable`."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; every httpx exception becomes one of ours, with its cause kept."""
        try:
            return self._inner.handle_request(request)
        except httpx.TransportError as error:
            raise _unreachable(request.url.host, error) from error
        except httpx.DecodingError as error:
            message = f"{request.url.host} sent a body that cannot be decompressed"
            raise AnswerUnreadable(message) from error


def _unreachable(host: str, error: httpx.TransportError) -> ProviderUnreachable:
    words = next(words for kind, words in _WORDS if isinstance(error, kind))
    detail = f" ({error})" if isinstance(error, httpx.ConnectError) and str(error) else ""
    return ProviderUnreachable(f"{host} {words}{detail}", remedy=_REMEDY)
