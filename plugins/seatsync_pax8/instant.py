"""Points in time as Pax8 spells them."""

from __future__ import annotations

from datetime import UTC, datetime


def read_instant(text: str | None) -> datetime | None:
    """Return the instant in UTC, or None for no text; raises `ValueError` for what is no date.

    The examples of the Pax8 OpenAPI mix calendar dates, `Z`, and offsets without a colon. A
    calendar date is its midnight in UTC, and so is a time without an offset in UTC, so that
    the same text is always the same instant.
    """
    if text is None or not text.strip():
        return None
    instant = datetime.fromisoformat(text.strip())
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        message = "out of range"
        raise ValueError(message) from error
