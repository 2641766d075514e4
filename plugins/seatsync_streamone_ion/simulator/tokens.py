"""The tokens of the simulated ION: a refresh token is good for one exchange."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock

ACCESS_LIFETIME_S = 7200
REFRESH_LIFETIME_S = 32 * 86_400


@dataclass(slots=True)
class Tokens:
    """Gives out tokens, and counts the exchanges and the attempts with dead ones."""

    clock: Clock
    access_lifetime_s: float = ACCESS_LIFETIME_S
    exchanges: int = 0
    refusals: int = 0
    _refresh_until: dict[str, float] = field(default_factory=dict)
    _access: dict[str, tuple[float, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self) -> str:
        """Return a refresh token as a person requests one at ION."""
        token = f"simulated-refresh-{secrets.token_hex(16)}"
        self._refresh_until[token] = self.clock.monotonic() + REFRESH_LIFETIME_S
        return token

    def exchange(self, refresh_token: str) -> tuple[str, str] | None:
        """Use up a refresh token; return an access token and the next one, or None."""
        with self._lock:
            if self.clock.monotonic() >= self._refresh_until.pop(refresh_token, 0.0):
                self.refusals += 1
                return None
            self.exchanges += 1
            following = self.issue()
            access = f"simulated-access-{secrets.token_hex(16)}"
            good_until = self.clock.monotonic() + self.access_lifetime_s
            self._access[access] = (good_until, following)
            return access, following

    def accept(self, authorization: str) -> bool:
        """Tell whether an `Authorization` header holds a good access token."""
        return self.access_left_s(authorization.removeprefix("Bearer ")) > 0

    def access_left_s(self, access_token: str) -> float:
        """Return how long an access token is good for; 0 for a dead one."""
        good_until, _ = self._access.get(access_token, (0.0, ""))
        return max(0.0, good_until - self.clock.monotonic())

    def refresh_left_s(self, access_token: str) -> float:
        """Return how long the refresh token lives that came with an access token."""
        _, refresh = self._access.get(access_token, (0.0, ""))
        return max(0.0, self._refresh_until.get(refresh, 0.0) - self.clock.monotonic())

    def revoke_access(self) -> None:
        """Let no access token be good any more."""
        self._access.clear()

    def revoke_refresh(self) -> None:
        """Let no refresh token be good any more."""
        self._refresh_until.clear()

    def seen(self) -> tuple[str, ...]:
        """Return all tokens that are known now, for tests that look for leaks."""
        return (*self._refresh_until, *self._access)
