"""Repeated tries, with growing and random waits between them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from random import SystemRandom
from typing import TYPE_CHECKING

import httpx

from seatsync.sdk.http.layer import Layer
from seatsync.sdk.http.retry_after import retry_after_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.context import Clock, Control

REPEATABLE = "seatsync.repeatable"
"""Extension of a request that may be sent twice although it is no GET: a request for a token."""

REPEATABLE_WHEN_THROTTLED = "seatsync.repeatable-when-throttled"
"""Extension of a request that may be sent again after a 429 only: it was refused before it ran."""

PASSING_STATUSES = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)

_LASTING = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patiently a call is repeated.

    Before try n + 1 there is a random wait of up to `first_wait_s` · 2ⁿ⁻¹ seconds (full jitter),
    at most `longest_wait_s`, or as long as the answer asks for and up to `spread_s` longer, so that
    not all come back at once; an answer that asks for more than `longest_retry_after_s` ends the
    tries.
    """

    attempts: int = 5
    first_wait_s: float = 0.5
    longest_wait_s: float = 60.0
    longest_retry_after_s: float = 120.0
    spread_s: float = 0.0
    jitter: Callable[[float, float], float] = SystemRandom().uniform

    def wait_s(self, attempt: int) -> float:
        """Return the seconds to wait after try number `attempt`, counted from 1."""
        ceiling = min(self.longest_wait_s, self.first_wait_s * 2.0 ** min(attempt - 1, 30))
        return self.jitter(0.0, ceiling)


class RetryLayer(Layer):
    """Repeats GETs, and what is marked `REPEATABLE`, while the fault is one that can pass.

    What is marked `REPEATABLE_WHEN_THROTTLED` is repeated after a 429, and after nothing else.
    """

    def __init__(
        self, inner: httpx.BaseTransport, control: Control, clock: Clock, policy: RetryPolicy
    ) -> None:
        """Repeat as `policy` says."""
        super().__init__(inner)
        self._control = control
        self._clock = clock
        self._policy = policy

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the first answer that is worth having, or raise the last fault."""
        for attempt in range(1, self._policy.attempts):
            outcome = self._try(request)
            wait_s = self._wait_s(outcome, attempt) if _is_repeatable(request, outcome) else None
            if wait_s is None:
                return _delivered(outcome)
            self._control.sleep(wait_s)
        return _delivered(self._try(request))

    def _try(self, request: httpx.Request) -> httpx.Response | httpx.TransportError:
        self._control.check()
        try:
            return self._inner.handle_request(request)
        except httpx.TransportError as error:
            return error

    def _wait_s(self, outcome: httpx.Response | httpx.TransportError, attempt: int) -> float | None:
        if isinstance(outcome, httpx.TransportError):
            return None if isinstance(outcome, _LASTING) else self._policy.wait_s(attempt)
        if outcome.status_code not in PASSING_STATUSES:
            return None
        asked_s = retry_after_s(outcome, self._clock.now())
        if asked_s is None:
            return self._policy.wait_s(attempt)
        if asked_s > self._policy.longest_retry_after_s:
            return None
        return asked_s + self._policy.jitter(0.0, self._policy.spread_s)


def _is_repeatable(request: httpx.Request, outcome: httpx.Response | httpx.TransportError) -> bool:
    if request.method == "GET" or request.extensions.get(REPEATABLE):
        return True
    was_throttled = (
        isinstance(outcome, httpx.Response) and outcome.status_code == HTTPStatus.TOO_MANY_REQUESTS
    )
    return was_throttled and bool(request.extensions.get(REPEATABLE_WHEN_THROTTLED))


def _delivered(outcome: httpx.Response | httpx.TransportError) -> httpx.Response:
    if isinstance(outcome, httpx.TransportError):
        raise outcome
    return outcome
