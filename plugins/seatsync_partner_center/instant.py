"""Points in time as Partner Center spells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

OPEN_ENDED_YEAR = 9000
"""An end in the year 9999 says that there is none."""

_LAST_SECOND = timedelta(days=1) - timedelta(seconds=1)


def read_instant(text: str | None) -> datetime | None:
    """Return the instant in UTC, or None for no text; raises `ValueError` for what is no date.

    The documented payloads mix `Z`, offsets and no zone at all, which is UTC, and up to seven
    fractional digits; what is beyond microseconds is cut off. Some have spaces between the parts
    of the time ("Get all of a customer's subscriptions").
    """
    squeezed = "".join((text or "").split())
    if not squeezed:
        return None
    instant = datetime.fromisoformat(squeezed)
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    if instant.year >= OPEN_ENDED_YEAR:
        # Another zone may push it beyond the last year there is.
        return instant.replace(tzinfo=UTC)
    return instant.astimezone(UTC)


def read_end(text: str | None, *, is_whole_day: bool) -> datetime | None:
    """Return when something ends, or None where it never does.

    New commerce means the whole day by a date, and that day is included (announcement of
    `endDateTime`, April 2023); a time of day that is not midnight is taken as it is.
    """
    end = read_instant(text)
    if end is None or end.year >= OPEN_ENDED_YEAR:
        return None
    is_midnight = (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)
    return end + _LAST_SECOND if is_whole_day and is_midnight else end
