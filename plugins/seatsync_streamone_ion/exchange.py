"""One exchange of a refresh token at ION, and what its answer means."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from seatsync.errors import AnswerUnreadable, ProviderUnreachable
from seatsync.sdk.context import ConnectorContext
from seatsync.sdk.http import RetryPolicy, decoded, open_client, raise_for_answer

if TYPE_CHECKING:
    import httpx

    from seatsync_streamone_ion.settings import IonSettings

TOKEN_PATH = "oauth/token"  # noqa: S105 - an address
VALIDATE_PATH = "oauth/validateAccess"

_ONCE = RetryPolicy(attempts=1, longest_retry_after_s=0.0)


class TokenDead(Exception):
    """ION does not know the refresh token: it was used, has expired, or was never good."""

    def __init__(self, *, answer_was_lost: bool = False) -> None:
        """Say whether this very exchange may have used it, in a try that got no answer."""
        super().__init__()
        self.answer_was_lost = answer_was_lost


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an exchange brought."""

    access_token: str = field(repr=False)
    lifetime_s: float
    refresh_token: str | None = field(repr=False)


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: float = 7200.0
    refresh_token: str | None = None


class _Refusal(msgspec.Struct):
    error: str
    code: object = None


class _Lifetimes(msgspec.Struct):
    refresh_expires_in: float | None = None


_answer_decoder = msgspec.json.Decoder(_TokenAnswer, strict=False)
_refusal_decoder = msgspec.json.Decoder(_Refusal)
_lifetimes_decoder = msgspec.json.Decoder(_Lifetimes, strict=False)


class Exchange:
    """Exchanges tokens on a client of its own, which nobody can interrupt.

    Once a refresh token is on its way it may be used up, so the answer is waited for even if
    the work was cancelled; `timeout_s` is the limit. Nothing is repeated by the client itself.
    """

    def __init__(
        self, settings: IonSettings, context: ConnectorContext, wire: httpx.BaseTransport | None
    ) -> None:
        """Prepare a client; nothing is sent yet."""
        self._client = open_client(
            ConnectorContext(context.provider_key, clock=context.clock),
            base_url=settings.base_url,
            timeout_s=settings.timeout_s,
            max_requests_per_second=settings.max_requests_per_second,
            retry=_ONCE,
            wire=wire,
        )

    def exchange(self, refresh_token: str) -> Exchanged:
        """Exchange a refresh token; raises `TokenDead`, or the fault.

        After an answer that did not come, what became of the token is unknown; it is sent once
        more, and if it was used up then ION says so.
        """
        try:
            return _read(self._send(refresh_token))
        except ProviderUnreachable:
            return self._once_more(refresh_token)

    def refresh_lifetime_s(self, access_token: str) -> float | None:
        """Return how long the refresh token lives on, or None if ION does not say.

        This uses up nothing (ION OpenAPI, validateAccess).
        """
        response = self._client.post(VALIDATE_PATH, data={"access_token": access_token})
        if not response.is_success:
            return None
        try:
            return decoded(response, _lifetimes_decoder).refresh_expires_in
        except AnswerUnreadable:
            return None

    def close(self) -> None:
        """Give back the connection."""
        self._client.close()

    def _once_more(self, refresh_token: str) -> Exchanged:
        try:
            return _read(self._send(refresh_token))
        except TokenDead as refusal:
            raise TokenDead(answer_was_lost=True) from refusal

    def _send(self, refresh_token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._client.post(TOKEN_PATH, data=form)


def _read(response: httpx.Response) -> Exchanged:
    if response.status_code == HTTPStatus.BAD_REQUEST:
        _raise_if_dead(response)
    raise_for_answer(response)
    answer = decoded(response, _answer_decoder)
    if not answer.access_token or not answer.access_token.isascii():
        message = "the answer of StreamOne ION holds no usable token"
        raise AnswerUnreadable(message, remedy="Check base_url of this provider in config.yaml.")
    return Exchanged(answer.access_token, answer.expires_in, answer.refresh_token or None)


def _raise_if_dead(response: httpx.Response) -> None:
    """Tell a dead token from a call that ION does not understand: that has a `code`, too."""
    try:
        refusal = _refusal_decoder.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if refusal.code is None:
        raise TokenDead
