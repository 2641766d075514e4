"""The factory of the HTTP clients that connectors use."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import httpx

import seatsync
from seatsync.sdk.http.faults import FaultLayer
from seatsync.sdk.http.log import LogLayer
from seatsync.sdk.http.pace import PaceLayer
from seatsync.sdk.http.pause import PauseLayer
from seatsync.sdk.http.retry import RetryLayer, RetryPolicy
from seatsync.sdk.http.wire import Wire

if TYPE_CHECKING:
    from seatsync.sdk.context import ConnectorContext

DEFAULT_RETRY = RetryPolicy()


def open_client(
    context: ConnectorContext,
    *,
    base_url: str,
    timeout_s: float,
    max_requests_per_second: float,
    auth: httpx.Auth | None = None,
    retry: RetryPolicy = DEFAULT_RETRY,
    wire: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Return a client for one provider, safe to share between threads.

    Faults that are left after all tries are raised as `ProviderUnreachable` or
    `AnswerUnreadable`; an answer of any status is returned, for `raise_for_answer` to judge.
    Every wait ends with `Cancelled` when the context's control says so. Redirects are never
    followed, so credentials stay with the host they are meant for. `wire` replaces the network.
    """
    _quieten_httpx()
    return httpx.Client(
        base_url=base_url,
        auth=auth,
        timeout=timeout_s,
        headers={"User-Agent": f"seatsync/{seatsync.__version__}", "Accept": "application/json"},
        follow_redirects=False,
        transport=_layers(
            context, retry, max_requests_per_second, wire or Wire(context.control, timeout_s)
        ),
    )


def _layers(
    context: ConnectorContext, retry: RetryPolicy, per_second: float, wire: httpx.BaseTransport
) -> httpx.BaseTransport:
    logged = LogLayer(wire, context.clock)
    paced = PaceLayer(logged, context.control, context.clock, per_second)
    paused = PauseLayer(paced, context.control, context.clock, retry.longest_retry_after_s)
    return FaultLayer(RetryLayer(paused, context.control, context.clock, retry))


def _quieten_httpx() -> None:
    # httpx logs whole URLs, and a query may hold a secret; LogLayer takes its place.
    logger = logging.getLogger("httpx")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.WARNING)
