"""Marks as one text: the link to what changes next, and what it is good for."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from seatsync_dataverse.delta import DeltaMark
from seatsync_dataverse.errors import FullReadNeeded
from seatsync_dataverse.meaning import EXPIRED
from seatsync_dataverse.problem import Problem

if TYPE_CHECKING:
    from seatsync_dataverse.delta import TrackedQuery


class _Sealed(msgspec.Struct):
    link: str
    digest: str


_decoder = msgspec.json.Decoder(_Sealed)


def sealed(mark: DeltaMark, meaning: str) -> str:
    """Return a mark as text; `meaning` is a digest of how rows are read."""
    return msgspec.json.encode(_Sealed(mark.link, _digest(mark.digest, meaning))).decode()


def opened(text: str | None, tracked: TrackedQuery, meaning: str) -> DeltaMark | None:
    """Return the mark of a text, or None without one.

    Raises `FullReadNeeded` for one that was made for other columns, or for another reading.
    """
    if text is None:
        return None
    try:
        held = _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise _useless(tracked) from error
    if held.digest != _digest(tracked.digest, meaning):
        raise _useless(tracked)
    return DeltaMark(held.link, tracked.digest)


def _digest(columns: str, meaning: str) -> str:
    return sha256(f"{columns} {meaning}".encode()).hexdigest()


def _useless(tracked: TrackedQuery) -> FullReadNeeded:
    said = f"the mark of {tracked.table.logical_name} was made for another reading of its rows"
    return FullReadNeeded(Problem(0, message=said), remedy=EXPIRED)
