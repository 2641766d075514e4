"""Taking turns with jobs: Python does one thing at a time, and a sync needs its share of it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REST = 1.0
"""How long nothing is answered after an answer, beside jobs: so many times as long as it took."""

LONGEST_REST_S = 0.5


class Turns:
    """Lets answers be made one at a time while jobs are at work, with rests in between.

    Threads that answer would otherwise get as much of the processor as a sync does, each.
    """

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        """Take turns while `is_busy` tells that jobs are at work."""
        self._is_busy = is_busy
        self._turn = Lock()
        self._rested = 0.0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for the turn to make one answer, if there are turns now."""
        if not self._is_busy():
            yield
            return
        with self._turn:
            time.sleep(max(0.0, self._rested - time.monotonic()))
            begun = time.monotonic()
            try:
                yield
            finally:
                ended = time.monotonic()
                self._rested = ended + min((ended - begun) * REST, LONGEST_REST_S)
