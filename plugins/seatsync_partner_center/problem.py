"""What Partner Center says when it refuses, in any of the shapes that it says it in."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from seatsync_partner_center.folded import read_folded

if TYPE_CHECKING:
    import httpx

MFA_PHRASE = "mfa required"
LONGEST_REASON = 300


class ErrorBody(msgspec.Struct):
    """The two documented shapes at once: of the API, and of the gateway for 429."""

    code: str | int | None = None
    description: str | None = None
    statuscode: int | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal: status and code together say what it is, since codes alone are not unique."""

    status: int
    code: str | None = None
    reason: str | None = None
    phrase: str = ""

    @property
    def key(self) -> tuple[int, str | None]:
        """What the table of refusals is asked with."""
        return self.status, self.code

    @property
    def name(self) -> str:
        """Status and code in one word, such as `403/900309`."""
        return f"{self.status}/{self.code}" if self.code else str(self.status)

    @property
    def words(self) -> str:
        """The provider's own words, or the status where it has none."""
        said = self.reason or self.phrase
        return f"{said} ({self.name})" if said else f"status {self.name}"

    @property
    def is_mfa(self) -> bool:
        """Tell whether a token without multi-factor authentication is the reason.

        The code is the present answer, the reason phrase the older one (partner security
        requirements).
        """
        return self.status == HTTPStatus.UNAUTHORIZED and (
            self.code == "900421" or MFA_PHRASE in f"{self.phrase} {self.reason}".lower()
        )

    @property
    def is_wrong_audience(self) -> bool:
        """Tell whether the token was made for another API."""
        return self.key == (HTTPStatus.UNAUTHORIZED, "900420")


def problem_of(response: httpx.Response) -> Problem:
    """Read a refusal: JSON of either shape, HTML, plain text, or nothing at all."""
    body = read_error_body(response.content)
    code = str(body.code).strip() if body.code is not None else None
    reason = body.description or body.message
    return Problem(
        response.status_code,
        code or None,
        reason[:LONGEST_REASON] if reason else None,
        response.reason_phrase,
    )


def read_error_body(body: bytes) -> ErrorBody:
    """Read an error envelope as far as there is one."""
    try:
        return read_folded(body, ErrorBody)
    except (msgspec.DecodeError, ValueError):
        return ErrorBody()


def may_be_mended(response: httpx.Response) -> bool:
    """Tell whether a new token may help: not if the sign-in lacks MFA, or the API is another."""
    if response.status_code != HTTPStatus.UNAUTHORIZED:
        return False
    problem = problem_of(response)
    return not (problem.is_mfa or problem.is_wrong_audience)
