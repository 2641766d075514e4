"""Bearer tokens: obtained once, shared by all threads, renewed in time."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import msgspec

from seatsync.errors import AnswerUnreadable, CredentialsRefused
from seatsync.sdk.http.answer import decoded, raise_for_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from seatsync.sdk.context import Clock

RENEW_BEFORE_S = 300.0
"""A token is not used in the last five minutes of its life, or the last tenth of a short one."""

_REFUSALS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, and for how many seconds it is good."""

    value: str = field(repr=False)
    lifetime_s: float


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: float = RENEW_BEFORE_S


_DECODER = msgspec.json.Decoder(_TokenAnswer, strict=False)


def is_unauthorized(response: httpx.Response) -> bool:
    """Tell whether an answer is a 401, which a new token may mend."""
    return response.status_code == HTTPStatus.UNAUTHORIZED


def read_token(response: httpx.Response) -> Token:
    """Read a token endpoint's answer, as OAuth 2.0 describes it (RFC 6749, section 5).

    Raises `CredentialsRefused` for 400, 401 and 403, `AnswerUnreadable` for what is no token,
    and a `PassingFault` for what may pass. No message quotes the answer.
    """
    if response.status_code in _REFUSALS:
        message = (
            f"{response.request.url.host} gives no token for these credentials"
            f" (status {response.status_code})"
        )
        raise CredentialsRefused(message)
    raise_for_answer(response)
    answer = decoded(response, _DECODER)
    if not answer.access_token or not answer.access_token.isascii():
        message = f"the answer of {response.request.url.host} holds no usable token"
        raise AnswerUnreadable(message)
    return Token(answer.access_token, answer.expires_in)


class TokenAuth(httpx.Auth):
    """Adds a bearer token to every request; any number of threads share one.

    A vendor's own way of asking is `ask`, which builds the request for a token, and its way of
    answering is `read`. A request that is answered with 401 is repeated once with a new token;
    a vendor whose 401 may mean something else says with `mends` when a new token would help.
    """

    def __init__(
        self,
        ask: Callable[[], httpx.Request],
        clock: Clock,
        *,
        remedy: str,
        read: Callable[[httpx.Response], Token] = read_token,
        mends: Callable[[httpx.Response], bool] = is_unauthorized,
    ) -> None:
        """Get tokens with `ask`; `remedy` says what to do when the credentials are refused."""
        self._ask = ask
        self._read = read
        self._mends = mends
        self._clock = clock
        self._remedy = remedy
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._good_until = 0.0

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a token, and once more with a new one after a 401."""
        token = yield from self._current()
        response = yield _signed(request, token)
        if self._mends(response):
            token = yield from self._current(refused=token)
            yield _signed(request, token)

    def renew(self, client: httpx.Client) -> None:
        """Get a new token now, whatever is kept; raises why there is none."""
        # Closing it gives the lock back, also when the request fails.
        with closing(self._current(refused=self._token)) as flow, suppress(StopIteration):
            request = next(flow)
            while True:
                request = flow.send(client.send(request, auth=None))

    def _current(
        self, refused: Token | None = None
    ) -> Generator[httpx.Request, httpx.Response, Token]:
        # One thread asks while the others wait here, then use what it got.
        with self._lock:
            kept = self._token
            if kept and kept is not refused and self._clock.monotonic() < self._good_until:
                return kept
            self._token = None
            response = yield self._ask()
            return self._keep(response)

    def _keep(self, response: httpx.Response) -> Token:
        response.read()
        token = self._readable(response)
        margin_s = min(RENEW_BEFORE_S, token.lifetime_s / 10)
        self._good_until = self._clock.monotonic() + token.lifetime_s - margin_s
        self._token = token
        return token

    def _readable(self, response: httpx.Response) -> Token:
        try:
            return self._read(response)
        except CredentialsRefused as error:
            error.remedy = error.remedy or self._remedy
            raise


def _signed(request: httpx.Request, token: Token) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token.value}"
    return request
