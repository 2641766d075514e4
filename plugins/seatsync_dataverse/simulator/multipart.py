"""Bodies of several parts, with CRLF at the end of every line, the last one too."""

from __future__ import annotations

import re
from dataclasses import dataclass

from seatsync_dataverse.simulator.problem import Problem

_BOUNDARY = re.compile(r'multipart/mixed\s*;\s*boundary="?([^";]+)"?', re.IGNORECASE)
_BARE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its headers by name in lower case, and what follows the empty line."""

    headers: dict[str, str]
    content: bytes

    @property
    def boundary(self) -> str | None:
        """The boundary of the parts that this one holds, or None."""
        return boundary_in(self.headers.get("content-type", ""))


def boundary_in(content_type: str) -> str | None:
    """Return the boundary that a content type names, or None."""
    match = _BOUNDARY.search(content_type)
    return match[1] if match else None


def read_parts(body: bytes, boundary: str) -> list[Part]:
    """Read the parts of a body; raises `Problem`, also for a line that does not end in CRLF."""
    mark = b"--" + boundary.encode()
    if _BARE_END.search(body) or not body.endswith(mark + b"--\r\n"):
        raise not_readable()
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)[1:-1]
    return [_part(piece.removeprefix(b"\r\n")) for piece in pieces]


def _part(piece: bytes) -> Part:
    head, found, content = piece.partition(b"\r\n\r\n")
    if not found:
        raise not_readable()
    return Part(read_headers(head.decode()), content)


def read_headers(text: str) -> dict[str, str]:
    """Read headers, one on each line."""
    pairs = (line.partition(":") for line in text.split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def not_readable() -> Problem:
    """Return the refusal of a body that does not hold together (Web API client errors)."""
    return Problem(400, "0x80048d19", "Stream was not readable.")


def write_parts(parts: list[bytes], boundary: str) -> bytes:
    """Return parts as one body."""
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
