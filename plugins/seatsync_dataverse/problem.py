"""What Dataverse says when it refuses, in any of the shapes that it says it in."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import httpx

LONGEST_MESSAGE = 500
_CODE_IN_TEXT = re.compile(r"CRM ErrorCode: (-?\d+)")
_CHALLENGE = re.compile(r'authorization_uri="?([^\s,"]+)')
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{8}")
_DECIMAL = re.compile(r"-?\d{9,10}")
_NO_CODE = frozenset({"", "0x0", "0"})


class Precondition(Enum):
    """What the refused request demanded of the row."""

    NONE = "nothing"
    EXISTS = "that it exists"
    UNCHANGED = "that it is unchanged"
    ABSENT = "that it does not exist"
    NO_DUPLICATE = "that no duplicate detection rule finds another like it"


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal, told as far as the answer tells it; `code` is lower-case hexadecimal, or None."""

    status: int
    code: str | None = None
    message: str | None = None
    precondition: Precondition = Precondition.NONE
    request_id: str | None = None
    """Ours; sent as `x-ms-client-request-id`."""
    service_request_id: str | None = None
    """Microsoft's; its support asks for it."""

    @property
    def words(self) -> str:
        """The CRM's own words, and what its support can find the call by."""
        said = self.message or "it gives no reason"
        marks = [self.code, f"status {self.status}" if self.status else None]
        ids = [("request", self.request_id), ("service request", self.service_request_id)]
        marks += [f"{name} {value}" for name, value in ids if value]
        return f"{said} ({', '.join(mark for mark in marks if mark)})"


def problem_of(response: httpx.Response) -> Problem:
    """Read a refusal: either JSON envelope, with or without its parts, HTML, or nothing at all."""
    body = _envelope(response.content)
    message = _first_text(body, "message", "Message", "ExceptionMessage", "error_description")
    message = message or challenge_of(response.headers)
    code = next((body[name] for name in ("code", "ErrorCode") if body.get(name)), None)
    headers, sent = response.headers, response.request.headers
    return Problem(
        status=response.status_code,
        code=read_code(code) or code_in_text(message),
        message=message[:LONGEST_MESSAGE] if message else None,
        precondition=precondition_of(sent),
        request_id=sent.get("x-ms-client-request-id"),
        service_request_id=headers.get("x-ms-service-request-id") or headers.get("REQ_ID"),
    )


def challenge_of(headers: httpx.Headers) -> str | None:
    """Return what a 401 says of where its tokens come from, which shows a wrong tenant_id."""
    found = _CHALLENGE.search(headers.get("WWW-Authenticate", ""))
    return f"it wants a token from {found[1]}" if found else None


def read_code(code: object) -> str | None:
    """Return a code as eight lower-case hexadecimal digits after `0x`; None if it says nothing.

    Dataverse writes them in either case, empty, as `0x0`, and as signed numbers (compose HTTP
    requests and handle errors; service protection limits).
    """
    text = str(code).strip() if isinstance(code, str | int) else ""
    if text in _NO_CODE:
        return None
    if _DECIMAL.fullmatch(text):
        return f"0x{int(text) & 0xFFFFFFFF:08x}"
    if _HEX.fullmatch(text):
        return "0x" + text.lower().removeprefix("0x")
    return text.lower()


def code_in_text(message: str | None) -> str | None:
    """Return the code that faults of the database carry in their message only (bulk operations)."""
    found = _CODE_IN_TEXT.search(message or "")
    return read_code(found[1]) if found else None


def precondition_of(sent: httpx.Headers) -> Precondition:
    """Return what a request demanded, which tells its 412 apart where there is no code."""
    if sent.get("If-None-Match") == "*":
        return Precondition.ABSENT
    match = sent.get("If-Match")
    if match is not None:
        return Precondition.EXISTS if match == "*" else Precondition.UNCHANGED
    if sent.get("MSCRM.SuppressDuplicateDetection", "").lower() == "false":
        return Precondition.NO_DUPLICATE
    return Precondition.NONE


def _envelope(content: bytes) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(content.removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    if not isinstance(body, dict):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, dict) else body


def _first_text(body: dict[str, Any], *names: str) -> str | None:
    texts = (body.get(name) for name in names)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)
