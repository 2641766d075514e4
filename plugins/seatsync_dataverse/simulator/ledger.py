"""The organisation's versions, and what must be undone when a write fails half way."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FIRST_VERSION = 1_000_000


class Ledger:
    """Counts versions across all tables, and makes several writes one."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self.version = _FIRST_VERSION
        self._depth = 0
        self._undo: list[Callable[[], None]] = []
        self._afterwards: list[Callable[[], None]] = []

    def next_version(self) -> int:
        """Return a version that no row has had."""
        self.version += 1
        return self.version

    def remember(self, undo: Callable[[], None]) -> None:
        """Keep how to undo what is being written."""
        if self._depth:
            self._undo.append(undo)

    def afterwards(self, act: Callable[[], None]) -> None:
        """Let something happen once all is committed, and not at all if it is undone."""
        self._afterwards.append(act)

    @contextmanager
    def atomically(self) -> Iterator[None]:
        """Let all writes of the context hold, or none; a context inside joins the outer one."""
        self._depth += 1
        undone, unsaid = len(self._undo), len(self._afterwards)
        holds = False
        try:
            yield
            holds = True
        finally:
            self._depth -= 1
            if not holds:
                self._roll_back(undone)
                del self._afterwards[unsaid:]
        if not self._depth:
            self._commit()

    def _roll_back(self, kept: int) -> None:
        while len(self._undo) > kept:
            self._undo.pop()()

    def _commit(self) -> None:
        self._undo.clear()
        acts, self._afterwards = self._afterwards, []
        for act in acts:
            act()
