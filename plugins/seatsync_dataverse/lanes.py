"""How many writes go on at the same time: as many as the service recommends."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.sdk.context import Control

UNADVISED = 4
FEWEST, MOST = 1, 16
_POLL_S = 0.1
_HINT = re.compile(r"[0-9]{1,9}")


class Lanes:
    """A semaphore whose size follows `x-ms-dop-hint` (send parallel requests).

    The hint is the degree of parallelism that suits the environment; more only brings refusals.
    """

    def __init__(self, control: Control) -> None:
        """Begin with a few lanes; whoever waits for one stops when `control` says so."""
        self._control = control
        self._condition = threading.Condition()
        self._taken = 0
        self._width = UNADVISED

    @property
    def width(self) -> int:
        """How many writes may go on at the same time."""
        return self._width

    def advise(self, hint: str | None) -> None:
        """Follow a hint, between 1 and 16; one that is no number is ignored."""
        text = (hint or "").strip()
        if not _HINT.fullmatch(text):
            return
        with self._condition:
            self._width = min(max(int(text), FEWEST), MOST)
            self._condition.notify_all()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a lane, and hold it for the context; raises `Cancelled` while it waits."""
        self._take()
        try:
            yield
        finally:
            self._give_back()

    def _take(self) -> None:
        with self._condition:
            while self._taken >= self._width:
                self._control.check()
                self._condition.wait(_POLL_S)
            self._taken += 1

    def _give_back(self) -> None:
        with self._condition:
            self._taken -= 1
            self._condition.notify()
