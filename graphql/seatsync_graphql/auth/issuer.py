"""The keys that an issuer signs its tokens with, as it publishes them (JWKS)."""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import httpx
import jwt

from seatsync.errors import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOG = logging.getLogger(__name__)

FRESH_S = 600
"""For how long what the issuer published is taken for what it would publish now."""

STALE_S = 86_400
"""For how long it is still taken for that while the issuer cannot be reached."""

READINGS_A_MINUTE = 6
"""Tokens with key ids that nobody knows must not make us ask the issuer without end."""

TIMEOUT_S = 5

_DISCOVERY = "/.well-known/openid-configuration"


class Issuer:
    """Reads an issuer's keys when they are first needed, have grown old, or have been rotated."""

    def __init__(self, url: str, now: Callable[[], float] = time.monotonic) -> None:
        """Ask nobody yet; `url` is spelled as in the issuer's tokens, `now` counts seconds."""
        self.url = url
        self._now = now
        self._keys: Mapping[str | None, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._readings: deque[float] = deque(maxlen=READINGS_A_MINUTE)

    async def key(self, key_id: str | None) -> jwt.PyJWK:
        """Return the key with an id, or the only one there is; raise `Unauthenticated`."""
        found = self._find(key_id) if self._age() < FRESH_S else None
        if found is None:
            await self._read()
            found = self._find(key_id)
        if found is None:
            raise Unauthenticated("the token is not signed with a key of the issuer")
        return found

    def _find(self, key_id: str | None) -> jwt.PyJWK | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def _age(self) -> float:
        return self._now() - self._read_at

    async def _read(self) -> None:
        """Read the keys anew; those known stay good for a while if the issuer does not answer."""
        if self._has_read_enough():
            return
        self._readings.append(self._now())
        try:
            self._keys = _usable(await self._published())
            self._read_at = self._now()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, KeyError) as error:
            LOG.warning("The keys of %s cannot be read: %s", self.url, type(error).__name__)
            if self._age() > STALE_S:
                self._keys = {}
                raise Unauthenticated(
                    "tokens cannot be checked now: their issuer cannot be reached"
                ) from error

    def _has_read_enough(self) -> bool:
        is_full = len(self._readings) == READINGS_A_MINUTE
        return is_full and self._now() - self._readings[0] < 60  # noqa: PLR2004 - seconds

    async def _published(self) -> Any:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            discovered = await _get(client, self.url.rstrip("/") + _DISCOVERY)
            if discovered["issuer"] != self.url:
                raise ValueError("another issuer's document")
            return (await _get(client, discovered["jwks_uri"]))["keys"]


async def _get(client: httpx.AsyncClient, url: str) -> Any:
    answer = await client.get(url, follow_redirects=False)
    return answer.raise_for_status().json()


def _usable(published: Any) -> dict[str | None, jwt.PyJWK]:
    """Return the public signing keys among those published, by their ids."""
    found: dict[str | None, jwt.PyJWK] = {}
    for one in published:
        if one.get("kty") not in {"RSA", "EC", "OKP"} or one.get("use", "sig") != "sig":
            continue
        try:
            found[one.get("kid")] = jwt.PyJWK.from_dict(one)
        except jwt.PyJWTError as error:
            LOG.warning("A published key is left out: %s", type(error).__name__)
    return found
