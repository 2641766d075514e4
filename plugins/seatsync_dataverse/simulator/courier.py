"""Takes webhooks to where they were registered for, on a thread that ends when all are away."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

import httpx

_TIMEOUT_S = 60.0
_RETRIED = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook, and how each try ended: a status, or None for no answer."""

    url: str
    headers: dict[str, str]
    body: bytes
    statuses: list[int | None] = field(default_factory=list)


class Courier:
    """Posts webhooks one after the other; tries once more after 502, 503 and 504 only."""

    def __init__(self) -> None:
        """Start with nothing to take anywhere."""
        self.deliveries: list[Delivery] = []
        self._waiting: deque[Delivery] = deque()
        self._changed = threading.Condition()
        self._is_running = False

    def send(self, delivery: Delivery) -> None:
        """Take a webhook away soon."""
        with self._changed:
            self._waiting.append(delivery)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, daemon=True).start()

    def settle(self, timeout_s: float = 10.0) -> bool:
        """Wait until all are away; tell whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_running, timeout_s)

    def _run(self) -> None:
        with httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as client:
            while (delivery := self._next()) is not None:
                _post(client, delivery)
                if delivery.statuses[-1] in _RETRIED:
                    _post(client, delivery)
                self.deliveries.append(delivery)

    def _next(self) -> Delivery | None:
        with self._changed:
            if self._waiting:
                return self._waiting.popleft()
            self._is_running = False
            self._changed.notify_all()
            return None


def _post(client: httpx.Client, delivery: Delivery) -> None:
    try:
        answer = client.post(delivery.url, headers=delivery.headers, content=delivery.body)
    except (httpx.HTTPError, httpx.InvalidURL):
        delivery.statuses.append(None)
    else:
        delivery.statuses.append(answer.status_code)
