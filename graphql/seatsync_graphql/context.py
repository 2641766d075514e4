"""What every resolver of one operation may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatsync.domain.roles import Caller
    from seatsync.services.door import Services


@dataclass(frozen=True, slots=True)
class Context:
    """The door to the agent, and who is asking."""

    services: Services
    caller: Caller
