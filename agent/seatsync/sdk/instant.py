"""Points in time as vendors spell them."""

from __future__ import annotations

from datetime import MINYEAR, UTC, datetime


def read_instant(text: str | None) -> datetime | None:
    """Return the instant in UTC, or None for no text; raises `ValueError` for what is no date.

    A calendar date is its midnight in UTC, and so is a time without an offset in UTC, so that
    the same text is always the same instant. The first year of the calendar is what several
    languages write for a date that was never set: no instant either.
    """
    spelled = (text or "").strip()
    if not spelled:
        return None
    instant = datetime.fromisoformat(spelled)
    if instant.year == MINYEAR:
        return None
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        message = "out of range"
        raise ValueError(message) from error
