"""The pause of a whole client after a 429."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING

from seatsync.sdk.http.layer import Layer
from seatsync.sdk.http.retry_after import retry_after_s

if TYPE_CHECKING:
    import httpx

    from seatsync.sdk.context import Clock, Control

UNSTATED_PAUSE_S = 1.0
"""How long everybody waits after a 429 that names no time."""


class PauseLayer(Layer):
    """Holds back the calls of all threads once one of them was told to slow down.

    A limit is counted per client, not per thread: the others' calls would only prolong it.
    """

    def __init__(
        self, inner: httpx.BaseTransport, control: Control, clock: Clock, longest_s: float
    ) -> None:
        """Never hold anybody longer than `longest_s`; a call that must wait longer gives up."""
        super().__init__(inner)
        self._control = control
        self._clock = clock
        self._longest_s = longest_s
        self._lock = threading.Lock()
        self._until = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for the end of the pause, send, and begin a pause if the answer is a 429."""
        self._wait()
        response = self._inner.handle_request(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self._hold(retry_after_s(response, self._clock.now()))
        return response

    def _wait(self) -> None:
        while (left_s := self._until - self._clock.monotonic()) > 0:
            self._control.sleep(left_s)

    def _hold(self, asked_s: float | None) -> None:
        wait_s = UNSTATED_PAUSE_S if asked_s is None else asked_s
        if wait_s <= self._longest_s:
            with self._lock:
                self._until = max(self._until, self._clock.monotonic() + wait_s)
