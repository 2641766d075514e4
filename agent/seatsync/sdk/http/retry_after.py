"""The `Retry-After` header, in both of its forms (RFC 9110, section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


def retry_after_s(response: httpx.Response, now: datetime) -> float | None:
    """Return the seconds that an answer asks to wait, at least 0, or None if it does not say."""
    text = response.headers.get("Retry-After", "").strip()
    # A gateway that sends the header twice has both joined with a comma.
    first = text.partition(",")[0].strip()
    if first.isascii() and first.isdigit():
        return float(first)
    return _seconds_until(text, now) if text else None


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return max(0.0, (instant - now).total_seconds())
