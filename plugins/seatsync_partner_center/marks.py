"""What recognises a record before it is read, or when it cannot be."""

from __future__ import annotations

import msgspec

from seatsync_partner_center.folded import read_folded
from seatsync_partner_center.payload import Marks


def read_marks(raw: msgspec.Raw) -> Marks:
    """Return what recognises a record, as far as its own text tells."""
    try:
        return read_folded(raw, Marks)
    except (msgspec.DecodeError, ValueError):
        return Marks()
