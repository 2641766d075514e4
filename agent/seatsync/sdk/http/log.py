"""The log of exchanges: what was asked and answered, and no secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from seatsync.sdk.http.layer import Layer

if TYPE_CHECKING:
    import httpx

    from seatsync.sdk.context import Clock

logger = logging.getLogger("seatsync.http")


class LogLayer(Layer):
    """Logs method, host, path, status and time taken, at level DEBUG.

    Headers, queries and bodies are never logged: tokens, secrets and personal data live there.
    """

    def __init__(self, inner: httpx.BaseTransport, clock: Clock) -> None:
        """Measure with `clock`."""
        super().__init__(inner)
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and log how it went."""
        if not logger.isEnabledFor(logging.DEBUG):
            return self._inner.handle_request(request)
        return self._logged(request)

    def _logged(self, request: httpx.Request) -> httpx.Response:
        started = self._clock.monotonic()
        outcome = "no answer"
        try:
            response = self._inner.handle_request(request)
            outcome = str(response.status_code)
            return response
        finally:
            logger.debug(
                "%s %s%s: %s after %.0f ms",
                request.method,
                request.url.host,
                request.url.path,
                outcome,
                (self._clock.monotonic() - started) * 1000,
            )
