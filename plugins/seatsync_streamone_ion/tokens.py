"""Access tokens of ION, shared by all threads, jobs and agents that use the connection."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seatsync.errors import CredentialsRefused, PassingFault
from seatsync_streamone_ion.chain import Chain, chain_from, read_chain, write_chain
from seatsync_streamone_ion.exchange import Exchanged, TokenDead

if TYPE_CHECKING:
    from seatsync.sdk.context import ConnectorContext
    from seatsync_streamone_ion.exchange import Exchange
    from seatsync_streamone_ion.settings import IonSettings

STATE_NAME = "token-chain"
LOCK_NAME = "token"
SAVE_TRIES = 60
SAVE_WAIT_S = 0.5

REMEDY = (
    "At ION, Settings, Users, request new credentials for the integration user, and put the new"
    " refresh token into refresh_token of this provider in config.yaml. Use it nowhere else."
)


class Tokens:
    """Gives the access token of the chain, and moves the chain on when it must."""

    def __init__(
        self, settings: IonSettings, context: ConnectorContext, exchange: Exchange
    ) -> None:
        """Begin with the configured refresh token, unless it began a chain already."""
        self._configured = settings.refresh_token.get_secret_value()
        self._context = context
        self._exchange = exchange
        self._lock = threading.Lock()
        self._chain: Chain | None = None

    def current(self, refused: str | None = None) -> str:
        """Return a good access token, other than `refused`.

        Raises `CredentialsRefused` when the connection needs a new refresh token, and a
        `PassingFault` when ION cannot be asked now.
        """
        return self._kept(refused) or self._shared(refused)

    def _kept(self, refused: str | None) -> str | None:
        return self._chain.usable(self._now(), refused) if self._chain else None

    def _shared(self, refused: str | None) -> str:
        with self._lock:
            return self._kept(refused) or self._loaded(refused) or self._renewed(refused)

    def _loaded(self, refused: str | None) -> str | None:
        stored = read_chain(self._context.state.load(STATE_NAME))
        self._chain = chain_from(stored, self._configured)
        return self._kept(refused)

    def _renewed(self, refused: str | None) -> str:
        with self._context.exclusive(LOCK_NAME):
            # Another agent may have moved the chain on while this one waited.
            if token := self._loaded(refused):
                return token
            return self._move_on(self._required(self._chain))

    def _required(self, chain: Chain | None) -> Chain:
        if chain is None or chain.refusal is not None:
            raise needs_new_token(chain)
        return chain

    def _move_on(self, chain: Chain) -> str:
        """Exchange the refresh token; the new one is on disk before its access token is used.

        The write before the exchange shows that the one after it will succeed, and tells the
        next agent what to make of a refusal, should this one die in between.
        """
        asked = chain.asked(self._now())
        self._store(asked)
        try:
            exchanged = self._exchange.exchange(chain.refresh_token)
        except TokenDead as refusal:
            return self._after_refusal(asked if refusal.answer_was_lost else chain)
        self._chain = self._next(chain, exchanged)
        self._save(self._chain)
        return exchanged.access_token

    def _next(self, chain: Chain, exchanged: Exchanged) -> Chain:
        return chain.renewed(
            exchanged.refresh_token or chain.refresh_token,
            exchanged.access_token,
            exchanged.lifetime_s,
            self._now(),
        )

    def _after_refusal(self, chain: Chain) -> str:
        """Believe the refusal, unless the chain has moved on: a database may lose its locks."""
        token = self._loaded(None)
        if token and self._chain and self._chain.refresh_token != chain.refresh_token:
            return token
        dead = chain.dead(_explained(chain))
        self._store(dead)
        raise needs_new_token(dead) from None

    def _save(self, chain: Chain) -> None:
        """Store what must not be lost, however long the database is busy."""
        for _ in range(SAVE_TRIES):
            try:
                self._store(chain)
            except PassingFault:
                time.sleep(SAVE_WAIT_S)
            else:
                return
        self._store(chain)

    def _store(self, chain: Chain) -> None:
        self._context.state.store(STATE_NAME, write_chain(chain))

    def _now(self) -> float:
        return self._context.clock.now().timestamp()


def _explained(chain: Chain) -> str:
    if chain.asked_at is not None:
        began = datetime.fromtimestamp(chain.asked_at, UTC).isoformat(timespec="seconds")
        return f"an exchange that began at {began} was cut off, and with it what it had brought"
    if chain.renewed_at is None:
        return "the configured one was used before, has expired, or is wrong"
    return "it has expired, or was used by somebody else"


def needs_new_token(chain: Chain | None) -> CredentialsRefused:
    """Return the error for a chain that has ended."""
    reason = chain.refusal if chain else None
    message = "the connection to StreamOne ION needs a new token: its refresh token is refused"
    return CredentialsRefused(f"{message}; {reason}" if reason else message, remedy=REMEDY)
