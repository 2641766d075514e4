"""How the agent stands, for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seatsync.domain.roles import Permission
from seatsync.mirror.figures import count_figures

if TYPE_CHECKING:
    from seatsync.domain.figures import Figures
    from seatsync.domain.roles import Caller
    from seatsync.mirror.database import Mirror


@dataclass(frozen=True, slots=True)
class Watching:
    """What a READER may watch."""

    mirror: Mirror

    def figures(self, caller: Caller) -> Figures:
        """Count everything, now."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return count_figures(self.mirror, datetime.now(UTC))
