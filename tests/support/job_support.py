"""What tests of jobs share: a clock that is set by hand, and waiting for what threads do."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from seatsync.sdk.context import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 20.0


class VirtualClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        """Begin at noon of the first day of 2027."""
        self.instant = datetime(2027, 1, 1, 12, tzinfo=UTC)
        self._began = self.instant

    def now(self) -> datetime:
        """Return the instant it was moved to."""
        return self.instant

    def monotonic(self) -> float:
        """Return the seconds it was moved by."""
        return (self.instant - self._began).total_seconds()

    def move(self, **by: float) -> None:
        """Move on by `minutes=1` and the like."""
        self.instant += timedelta(**by)


def eventually(holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds; fail the test if it never does."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
