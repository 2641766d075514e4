"""A bell that wakes whoever waits for something to do, in this process."""

from __future__ import annotations

from threading import Condition


class Bell:
    """Counts its rings, so that one between looking and waiting is not missed."""

    def __init__(self) -> None:
        """Start silent."""
        self._condition = Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """Return how often it has rung; note it before looking for work."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Wait for a ring after the `heard` ones, at most `seconds`."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != heard, seconds)
