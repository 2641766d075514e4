"""The rate limit that the agent keeps by itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from seatsync.sdk.http.layer import Layer

if TYPE_CHECKING:
    import httpx

    from seatsync.sdk.context import Clock, Control


class PaceLayer(Layer):
    """Spaces the calls of all threads evenly, so that the rate is never exceeded."""

    def __init__(
        self, inner: httpx.BaseTransport, control: Control, clock: Clock, per_second: float
    ) -> None:
        """Send at most `per_second` calls a second."""
        super().__init__(inner)
        self._control = control
        self._clock = clock
        self._interval_s = 1 / per_second
        self._lock = threading.Lock()
        self._next_at = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for this call's turn, then send it."""
        wait_s = self._take_turn()
        if wait_s > 0:
            self._control.sleep(wait_s)
        return self._inner.handle_request(request)

    def _take_turn(self) -> float:
        now = self._clock.monotonic()
        with self._lock:
            turn = max(now, self._next_at)
            self._next_at = turn + self._interval_s
        return turn - now
