"""A clock that can be set: for tokens, delta links, key indexes and throttling to run out."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from seatsync.sdk.context import Clock

_STANDING_S = 1_000.0


class SettableClock(Clock):
    """Runs with the machine's clock, or stands still where it was set, until it is moved."""

    def __init__(self, start: datetime | None = None) -> None:
        """Stand still at `start`; run with the machine's clock if it is None."""
        self._start = start
        self._moved_s = 0.0

    def advance(self, seconds: float = 0.0, *, days: float = 0.0) -> None:
        """Let time pass."""
        self._moved_s += seconds + timedelta(days=days).total_seconds()

    def now(self) -> datetime:
        """Return the instant that this clock shows, aware, in UTC."""
        return (self._start or datetime.now(UTC)) + timedelta(seconds=self._moved_s)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        started_s = time.monotonic() if self._start is None else _STANDING_S
        return started_s + self._moved_s
