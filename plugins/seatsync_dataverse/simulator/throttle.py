"""Service protection: the three kinds of 429 (Web API, service protection limits)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.exchange import Answer, shown
from seatsync_dataverse.simulator.problem import Problem

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock


_TIME_MESSAGE = (
    "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds "
    "over time window of 300 seconds. Decrease number of concurrent requests or reduce the "
    "duration of requests and try again later."
)


class Limit(Enum):
    """A limit that was exceeded: its code and its message."""

    REQUESTS = (
        "0x80072322",
        "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
    )
    TIME = ("0x80072321", _TIME_MESSAGE)
    CONCURRENCY = ("0x80072326", "Number of concurrent requests exceeded the limit of 52.")


@dataclass(slots=True)
class Throttle:
    """Refuses everything for a while, for longer if one keeps asking."""

    clock: Clock
    growth_s: float = 1.0
    """How much longer each request that is refused makes it."""
    refusals: int = 0
    _limit: Limit = Limit.REQUESTS
    _until_s: float = 0.0

    def begin(self, limit: Limit, seconds: float) -> None:
        """Refuse everything from now on, for so long."""
        self._limit = limit
        self._until_s = self.clock.monotonic() + seconds

    def answer(self) -> Answer | None:
        """Return the 429 that a request gets now, or None."""
        left_s = self._until_s - self.clock.monotonic()
        if left_s <= 0:
            return None
        self.refusals += 1
        self._until_s += self.growth_s
        code, message = self._limit.value
        envelope = Problem(429, code, message).envelope()
        return shown(envelope, 429, Retry_After=str(math.ceil(left_s)))
