"""The tokens that the simulated Pax8 has given out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock


class Tokens:
    """Gives out bearer tokens, and knows which of them are still good."""

    def __init__(self, clock: Clock, lifetime_s: int) -> None:
        """Give out tokens that live for `lifetime_s`."""
        self.lifetime_s = lifetime_s
        self._clock = clock
        self._good_until: dict[str, float] = {}

    def give(self) -> str:
        """Return a new token."""
        token = f"simulated-{secrets.token_hex(16)}"
        self._good_until[token] = self._clock.monotonic() + self.lifetime_s
        return token

    def accept(self, authorization: str) -> bool:
        """Tell whether an `Authorization` header holds a good token."""
        token = authorization.removeprefix("Bearer ")
        return self._clock.monotonic() < self._good_until.get(token, 0.0)

    def revoke(self) -> None:
        """Let no token be good any more."""
        self._good_until.clear()
