"""Time that passes only when somebody waits: waits are counted, not slept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from seatsync.sdk.context import Clock, ConnectorContext, Control

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class VirtualClock(Clock):
    """Stands still until it is moved."""

    def __init__(self) -> None:
        """Start at noon."""
        self.passed_s = 0.0

    def now(self) -> datetime:
        """Return the virtual instant."""
        return START + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return 1000.0 + self.passed_s


class VirtualControl(Control):
    """Moves the clock instead of sleeping, and keeps what was waited for."""

    def __init__(self, clock: VirtualClock) -> None:
        """Move `clock`."""
        super().__init__()
        self.clock = clock
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Pass the time at once."""
        self.check()
        self.waits.append(seconds)
        self.clock.passed_s += seconds


class VirtualTime:
    """A context for connectors in which time is virtual."""

    def __init__(self) -> None:
        """Start at noon, uncancelled."""
        self.clock = VirtualClock()
        self.control = VirtualControl(self.clock)
        self.context = ConnectorContext("test", control=self.control, clock=self.clock)

    @property
    def waits(self) -> list[float]:
        """All waits so far, in seconds."""
        return self.control.waits
