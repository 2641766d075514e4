"""How much each client has open."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class TooMany(Exception):
    """A client has as much open as it may."""


class Counts:
    """Counts what is open, client by client; on one event loop only."""

    def __init__(self, most: int) -> None:
        """Let each client have `most` open."""
        self.most = most
        self.open: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many all clients together have open."""
        return self.open.total()

    @contextmanager
    def one_more(self, client: str) -> Iterator[None]:
        """Count one while the body runs; raise `TooMany` if that is more than may be."""
        if self.open[client] >= self.most:
            raise TooMany
        self.open[client] += 1
        try:
            yield
        finally:
            self.open[client] -= 1
            if not self.open[client]:
                del self.open[client]
