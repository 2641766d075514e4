"""What the simulated Pax8 holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from seatsync.sdk.context import Clock
from seatsync_pax8.simulator.store import Store
from seatsync_pax8.simulator.tokens import Tokens

DAY_S = 86_400


@dataclass(slots=True)
class State:
    """Records, tokens and refusals of one simulated partner."""

    client_id: str
    client_secret: str
    audience: str
    clock: Clock = field(default_factory=Clock)
    companies: Store = field(default_factory=Store)
    products: Store = field(default_factory=Store)
    subscriptions: Store = field(default_factory=lambda: Store(group_by="companyId"))
    pricing: dict[str, bytes] = field(default_factory=dict)
    refused_companies: set[str] = field(default_factory=set)
    refused_paths: set[str] = field(default_factory=set)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.clock, DAY_S)
