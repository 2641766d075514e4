"""From credentials to a caller."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from seatsync.domain.roles import LOCAL
from seatsync.errors import Unauthenticated

if TYPE_CHECKING:
    from seatsync.domain.roles import Caller


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller who is known, until `expires_at` in Unix seconds; None is for good."""

    caller: Caller
    expires_at: float | None = None

    @property
    def remaining_s(self) -> float | None:
        """For how many seconds more the caller is known; None is for good."""
        return None if self.expires_at is None else max(0.0, self.expires_at - time.time())


class Authenticator(Protocol):
    """Tells callers apart."""

    async def identify(self, authorization: str | None) -> Identity:
        """Return who sent this `Authorization`; raise `Unauthenticated`."""
        ...


class Everybody:
    """Takes everyone for the local caller, who may do everything."""

    async def identify(self, authorization: str | None) -> Identity:  # noqa: ARG002 - nobody is asked
        """Return the local caller."""
        return Identity(LOCAL)


def bearer(authorization: str | None) -> str:
    """Return the key or token of `Bearer ...`; raise `Unauthenticated` if there is none."""
    scheme, _, credentials = (authorization or "").strip().partition(" ")
    credentials = credentials.strip()
    if scheme.lower() != "bearer" or not credentials:
        raise Unauthenticated("send `Authorization: Bearer` with a key or token")
    return credentials
