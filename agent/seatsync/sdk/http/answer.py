"""Answers, judged by their status and decoded from their bytes."""

from __future__ import annotations

from codecs import BOM_UTF8
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import msgspec

from seatsync.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    PermissionMissing,
    ProviderThrottled,
    ProviderUnreachable,
)

if TYPE_CHECKING:
    import httpx

    from seatsync.errors import SeatsyncError

AnswerT = TypeVar("AnswerT")

_KINDS: dict[int, tuple[type[SeatsyncError], str, str]] = {
    HTTPStatus.UNAUTHORIZED: (
        CredentialsRefused,
        "does not accept the token",
        "Check the credentials of this provider in config.yaml; they may have been revoked.",
    ),
    HTTPStatus.FORBIDDEN: (
        PermissionMissing,
        "does not let us read",
        "Give the credentials of this provider the right to read it.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        ProviderThrottled,
        "still refuses our call rate",
        "Lower max_requests_per_second of this provider; it is tried again later.",
    ),
    HTTPStatus.REQUEST_TIMEOUT: (
        ProviderUnreachable,
        "gave up on the request",
        "It is tried again later.",
    ),
}
_SERVER_FAULT = (
    ProviderUnreachable,
    "answers with a fault of its own",
    "Look at the provider's status page; it is tried again later.",
)
_STRANGE = (
    AnswerUnreadable,
    "answers what its documentation does not describe",
    "Check base_url of this provider in config.yaml.",
)


def fault_of(response: httpx.Response, reason: str | None = None) -> SeatsyncError | None:
    """Return the fault that an answer's status stands for, or None for a success.

    `reason` is the provider's own explanation, if it gave one; it must hold no secret.
    """
    if response.is_success:
        return None
    kind, words, remedy = _judge(response.status_code)
    where = f"{response.request.url.host}{response.request.url.path}"
    said = f": {reason}" if reason else ""
    return kind(f"{where} {words} (status {response.status_code}){said}", remedy=remedy)


def _judge(status: int) -> tuple[type[SeatsyncError], str, str]:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _SERVER_FAULT
    return _KINDS.get(status, _STRANGE)


def raise_for_answer(response: httpx.Response, reason: str | None = None) -> None:
    """Raise the fault that an answer's status stands for; return for a success."""
    fault = fault_of(response, reason)
    if fault is not None:
        raise fault


def decoded(response: httpx.Response, decoder: msgspec.json.Decoder[AnswerT]) -> AnswerT:
    """Decode a JSON body from its bytes, with or without a byte order mark.

    Raises `AnswerUnreadable` if it is not JSON, or not of the shape that `decoder` expects.
    """
    try:
        return decoder.decode(response.content.removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        where = f"{response.request.url.host}{response.request.url.path}"
        message = f"the answer of {where} cannot be read: {error}"
        raise AnswerUnreadable(message, remedy=_STRANGE[2]) from error
