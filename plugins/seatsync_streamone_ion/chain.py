"""The chain of refresh tokens: each is used once, and brings the next; no effects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import blake2b

import msgspec

from seatsync.errors import AnswerUnreadable

KEEP_ALIVE_S = 7 * 86_400.0
"""A refresh token dies after 32 days without use; after one week it is exchanged anyway."""

RENEW_BEFORE_S = 600.0
"""An access token is not used in its last ten minutes, or in the last tenth of a short life."""

MOST_BEGINNINGS = 50


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a chain stands; times are seconds since 1970.

    `beginnings` are digests of all configured tokens that were ever taken up, so that each
    begins a chain once: two agents whose configurations differ do not undo each other's.
    """

    refresh_token: str = field(repr=False)
    beginnings: tuple[str, ...]
    renewed_at: float | None = None
    """When the refresh token was given; None while it is the configured one."""
    access_token: str | None = field(default=None, repr=False)
    access_until: float = 0.0
    asked_at: float | None = None
    """When the last exchange began, if nothing is known of its end."""
    refusal: str | None = None
    """Why the refresh token is dead."""

    def usable(self, now: float, refused: str | None) -> str | None:
        """Return the access token if it may be used; `refused` is one that ION did not take."""
        if self.access_token is None or self.access_token == refused or now >= self.access_until:
            return None
        is_fresh = self.renewed_at is not None and now - self.renewed_at < KEEP_ALIVE_S
        return self.access_token if is_fresh else None

    def asked(self, now: float) -> Chain:
        """Return the chain while an exchange is under way; an unknown end stays remembered."""
        return replace(self, asked_at=self.asked_at or now)

    def renewed(
        self, refresh_token: str, access_token: str, lifetime_s: float, now: float
    ) -> Chain:
        """Return the chain after an exchange."""
        margin_s = min(RENEW_BEFORE_S, lifetime_s / 10)
        return Chain(
            refresh_token,
            self.beginnings,
            renewed_at=now,
            access_token=access_token,
            access_until=now + lifetime_s - margin_s,
        )

    def dead(self, refusal: str) -> Chain:
        """Return the chain after its refresh token was refused."""
        return replace(self, refusal=refusal, access_token=None)


def chain_from(stored: Chain | None, configured: str) -> Chain:
    """Return the stored chain, or a new one if the configured token never began one."""
    digest = blake2b(configured.encode(), digest_size=16).hexdigest()
    before = stored.beginnings if stored else ()
    if stored and digest in before:
        return stored
    return Chain(configured, (*before[-MOST_BEGINNINGS:], digest))


_decoder = msgspec.json.Decoder(Chain)


def write_chain(chain: Chain) -> str:
    """Return the text under which a chain is kept."""
    return msgspec.json.encode(chain).decode()


def read_chain(text: str | None) -> Chain | None:
    """Read what `write_chain` wrote; raises `AnswerUnreadable` for anything else."""
    if text is None:
        return None
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        message = "the kept state of the token chain cannot be read"
        remedy = "It was written by another version; go back to it, or put in a new refresh token."
        raise AnswerUnreadable(message, remedy=remedy) from error
