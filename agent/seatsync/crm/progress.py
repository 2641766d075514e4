"""How a turn with the CRM tells how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatsync.domain.crm import CrmNoun
    from seatsync.domain.progress import ProgressSink


def plural(noun: CrmNoun) -> str:
    """Return what people call records of a noun, such as `billing contracts`."""
    return f"{noun.replace('_', ' ')}s"


@dataclass(slots=True)
class Steps:
    """Counts the records that one turn has been through, whatever their nouns."""

    sink: ProgressSink
    _done: int = 0
    _what: str = ""
    _of_this: int = 0

    def begin(self, what: str) -> None:
        """Say what is being done from now on."""
        self._what, self._of_this = what, 0
        self.sink(self._done, None, what)

    def go_on(self, what: str, count: int) -> None:
        """Say that this has been done to `count` records more."""
        if what != self._what:
            self._what, self._of_this = what, 0
        self._done += count
        self._of_this += count
        self.sink(self._done, None, f"{what}: {self._of_this:,} so far")
