"""The refresh token: where it is kept, and until when it is good."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock, StateStore
    from seatsync_partner_center.settings import PartnerCenterSettings

LIFETIME = timedelta(days=90)
"""How long an unused refresh token of a web application is good (Entra, refresh tokens)."""
WARN_BEFORE = timedelta(days=30)
_NAME = "refresh_token"


@dataclass(frozen=True, slots=True)
class Grant:
    """A refresh token, and when it was given; None for the one of config.yaml."""

    refresh_token: str = field(repr=False)
    given_at: datetime | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When it runs out unless it is used; None where that cannot be known."""
        return self.given_at + LIFETIME if self.given_at else None

    def runs_out_soon(self, now: datetime) -> bool:
        """Tell whether it is time to warn."""
        return self.expires_at is not None and now >= self.expires_at - WARN_BEFORE


class GrantStore:
    """Keeps the newest refresh token; what config.yaml says counts again once it is changed."""

    def __init__(self, settings: PartnerCenterSettings, state: StateStore, clock: Clock) -> None:
        """Keep it in `state`, which encrypts it."""
        self._state = state
        self._clock = clock
        self._seed = settings.refresh_token.get_secret_value() if settings.refresh_token else None
        self._origin = _digest(settings.tenant_id, settings.client_id, self._seed or "")

    def load(self) -> Grant | None:
        """Return the newest refresh token, or None where there is none at all."""
        kept = self._kept()
        if kept is not None:
            return kept
        return Grant(self._seed) if self._seed else None

    def store(self, refresh_token: str) -> None:
        """Keep a new refresh token; it is safe on disk when this returns, the old one gone."""
        kept = {
            "origin": self._origin,
            "token": refresh_token,
            "given_at": self._clock.now().isoformat(),
        }
        self._state.store(_NAME, json.dumps(kept))

    def _kept(self) -> Grant | None:
        text = self._state.load(_NAME)
        kept = json.loads(text) if text else {}
        if kept.get("origin") != self._origin:
            return None
        return Grant(kept["token"], datetime.fromisoformat(kept["given_at"]))


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
