"""Time that passes only when a connector waits: minutes of waiting take no time at all."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from seatsync.sdk.context import Clock, Control

_START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
_START_S = 1_000.0


class VirtualClock(Clock):
    """Stands still until it is moved."""

    def __init__(self) -> None:
        """Start at noon."""
        self.passed_s = 0.0

    def now(self) -> datetime:
        """Return the virtual instant."""
        return _START + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return _START_S + self.passed_s


class VirtualControl(Control):
    """Moves a clock instead of sleeping, and keeps how long was waited."""

    def __init__(self, clock: VirtualClock) -> None:
        """Move `clock`."""
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self.waited_s = 0.0

    def sleep(self, seconds: float) -> None:
        """Pass the time at once."""
        self.check()
        with self._lock:
            self.waited_s += max(seconds, 0.0)
            self._clock.passed_s += max(seconds, 0.0)
