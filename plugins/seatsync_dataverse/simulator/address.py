"""Addresses of the Web API: segments, each with the keys in its parentheses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from seatsync_dataverse.simulator.problem import Problem, dangerous_path

FORBIDDEN = frozenset("/<>*%&:\\?+")
"""What the value of an alternate key must not have (define alternate keys)."""

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PIECE = re.compile(r"(?:'(?:[^']|'')*'|[^/'])+")
_KEY = re.compile(r"\s*([\w@$.]+)\s*=\s*('(?:[^']|'')*'|[^,']*)\s*(?:,|$)")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of an address: a set, a row of it, a function, an action."""

    name: str
    row_id: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    """The values of an alternate key by name, as texts without their quotes."""

    @property
    def is_one(self) -> bool:
        """Whether one row is addressed, and not a whole set."""
        return self.row_id is not None or bool(self.keys)


def as_guid(text: str) -> str | None:
    """Return an identifier in lower case, or None for what is none."""
    return text.lower() if _GUID.fullmatch(text) else None


def read_address(path: str) -> list[Segment]:
    """Read a decoded path below the root; raises `Problem`."""
    return [_segment(piece) for piece in _PIECE.findall(path)]


def read_reference(text: str) -> Segment:
    """Read what a bind or an `@odata.id` says: relative, with a slash, or absolute."""
    piece = unquote(text).rpartition("/api/data/v9.2/")[2].lstrip("/")
    return _segment(piece)


def _segment(piece: str) -> Segment:
    name, opened, inside = piece.partition("(")
    if not opened:
        return Segment(name)
    if not inside.endswith(")"):
        raise Problem(400, "0x80060888", f"Bad Request - Error in query syntax: {name}")
    return _keyed(name, inside[:-1].strip())


def _keyed(name: str, inside: str) -> Segment:
    row_id = as_guid(inside)
    if row_id is not None:
        return Segment(name, row_id)
    matches = list(_KEY.finditer(inside))
    if inside and (not matches or sum(len(match[0]) for match in matches) != len(inside)):
        raise Problem(400, "0x80060888", f"Bad Request - Error in query syntax: {name}")
    return Segment(name, None, {match[1]: _literal(match[2]) for match in matches})


def _literal(text: str) -> str:
    value = text[1:-1].replace("''", "'") if text.startswith("'") else text
    if not FORBIDDEN.isdisjoint(value):
        raise dangerous_path()
    return value
