"""One at a time: what a connector must never do twice at once, in whatever process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from seatsync.sdk.context import Control

_POLL_S = 0.02


class Exclusion(Protocol):
    """Keeps everybody else out while one holder works, across all agents of a database.

    It belongs to one provider, does not nest, and is free again when its holder's process dies.
    """

    def hold(self, name: str, control: Control) -> AbstractContextManager[object]:
        """Wait for `name`, and hold it for the context; raises `Cancelled` while it waits."""
        ...


class MemoryExclusion:
    """Keeps the threads of one process apart: for tests and simulators."""

    def __init__(self) -> None:
        """Start with nothing held."""
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    @contextmanager
    def hold(self, name: str, control: Control) -> Iterator[None]:
        """Wait for `name`, and hold it for the context."""
        with self._guard:
            lock = self._locks.setdefault(name, threading.Lock())
        control.check()
        while not lock.acquire(timeout=_POLL_S):
            control.check()
        try:
            yield
        finally:
            lock.release()
