"""Callers known by keys of which the configuration has the digests."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from seatsync.domain.roles import Caller
from seatsync.errors import Unauthenticated
from seatsync_graphql.auth.identity import Identity, bearer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync_graphql.agent import ApiKeySettings


class KeyRing:
    """Knows callers by the SHA-256 of their keys."""

    def __init__(self, keys: Iterable[ApiKeySettings]) -> None:
        """Know these callers."""
        self._callers = [
            (key.sha256.encode(), Identity(Caller(key.name, frozenset(key.roles)))) for key in keys
        ]

    async def identify(self, authorization: str | None) -> Identity:
        """Return the caller whose key it is; takes as long for every wrong one."""
        offered = hashlib.sha256(bearer(authorization).encode(errors="replace"))
        digest = offered.hexdigest().encode()
        found = [who for known, who in self._callers if hmac.compare_digest(known, digest)]
        if not found:
            raise Unauthenticated("this key opens nothing here")
        return found[0]
