"""What the simulated ION holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seatsync_streamone_ion.simulator.tokens import Tokens

Fields = dict[str, Any]


@dataclass(slots=True)
class State:
    """The records of one simulated account, by their ids, in the order of their creation.

    A record that is bytes is answered as it is.
    """

    account_id: str
    tokens: Tokens
    customers: dict[str, Fields | bytes] = field(default_factory=dict)
    profiles: dict[str, list[Fields]] = field(default_factory=dict)
    subscriptions: dict[str, Fields | bytes] = field(default_factory=dict)
    refused_customers: set[str] = field(default_factory=set)
    refused_paths: set[str] = field(default_factory=set)

    @property
    def root(self) -> str:
        """The path of the account."""
        return f"/api/v3/accounts/{self.account_id}"
