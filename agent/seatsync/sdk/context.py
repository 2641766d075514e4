"""What the agent hands to a connector: its name, clients, kept secrets, and when to stop."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from seatsync.errors import Cancelled
from seatsync.sdk.exclusion import Exclusion, MemoryExclusion

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Control:
    """Tells long work when to stop; waits that end at once when it should."""

    def __init__(self) -> None:
        """Start uncancelled."""
        self._stop = threading.Event()
        self._reason = "cancelled"

    def cancel(self, reason: str = "cancelled") -> None:
        """Ask the work to stop between two steps; `reason` is what `Cancelled` will say."""
        self._reason = reason
        self._stop.set()

    @property
    def is_cancelled(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if somebody asked to stop."""
        if self._stop.is_set():
            raise Cancelled(self._reason)

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`, or raise `Cancelled` as soon as somebody asks to stop."""
        self._stop.wait(seconds)
        self.check()


class Clock:
    """The time; tests put a virtual one in its place."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()


class StateStore(Protocol):
    """Small secrets that a plug-in must keep between runs, such as a rotated token.

    They are encrypted at rest and belong to one provider.
    """

    def load(self, name: str) -> str | None:
        """Return the value kept under `name`, or None."""
        ...

    def store(self, name: str, value: str) -> None:
        """Keep `value` under `name`; it is safe on disk when this returns."""
        ...

    def delete(self, name: str) -> None:
        """Forget what is kept under `name`."""
        ...


class MemoryState:
    """A state store that forgets at the end of the process: for tests and simulators."""

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[str, str] = {}

    def load(self, name: str) -> str | None:
        """Return the value kept under `name`, or None."""
        return self._values.get(name)

    def store(self, name: str, value: str) -> None:
        """Keep `value` under `name`."""
        self._values[name] = value

    def delete(self, name: str) -> None:
        """Forget what is kept under `name`."""
        self._values.pop(name, None)


@dataclass(frozen=True, slots=True)
class ConnectorContext:
    """Everything that a connector needs from the agent."""

    provider_key: str
    state: StateStore = field(default_factory=MemoryState)
    control: Control = field(default_factory=Control)
    clock: Clock = field(default_factory=Clock)
    exclusion: Exclusion = field(default_factory=MemoryExclusion)

    def exclusive(self, name: str) -> AbstractContextManager[object]:
        """Wait until nobody else, in any agent, holds `name` for this provider; then hold it.

        Raises `Cancelled` while it waits. It does not nest.
        """
        return self.exclusion.hold(name, self.control)
