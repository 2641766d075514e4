"""What the simulated Stellr holds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock

Fields = dict[str, Any]
TOKEN_LIFETIME_S = 7200


@dataclass(slots=True)
class State:
    """Records, tokens and refusals of one simulated reseller.

    A record that is bytes is answered as it is. `renamed` maps keys to the names under which
    they are answered.
    """

    client_id: str
    client_secret: str = field(repr=False)
    clock: Clock
    customers: dict[str, Fields | bytes] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Fields | bytes]] = field(default_factory=dict)
    refused_customers: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)
    sees_nothing: bool = False
    """As credentials do that were issued at the wrong level."""
    is_on_cloud_path: bool = False
    _good_until: dict[str, float] = field(default_factory=dict)

    def give_token(self) -> str:
        """Return a new token."""
        token = f"simulated-{secrets.token_hex(16)}"
        self._good_until[token] = self.clock.monotonic() + TOKEN_LIFETIME_S
        return token

    def accepts(self, authorization: str) -> bool:
        """Tell whether an `Authorization` header holds a good token."""
        token = authorization.removeprefix("Bearer ")
        return self.clock.monotonic() < self._good_until.get(token, 0.0)

    def revoke_tokens(self) -> None:
        """Let no token be good any more."""
        self._good_until.clear()
