"""What every resolver of one operation may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphql import DocumentNode

    from seatsync.domain.roles import Caller
    from seatsync.services.door import Services


@dataclass(frozen=True, slots=True)
class Context:
    """The door to the agent, who is asking, and the parsed document of the question."""

    services: Services
    caller: Caller
    document: DocumentNode
