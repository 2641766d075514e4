"""How long one operation may take."""

from __future__ import annotations

import time

from seatsync_graphql.errors import TookTooLong


class Deadline:
    """Ends an operation between two readings; a thread cannot be ended from outside."""

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float) -> None:
        """Begin to count."""
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Tell whether the time is up."""
        return time.monotonic() > self._end

    def check(self) -> None:
        """Raise `TookTooLong` once the time is up."""
        if self.is_over:
            raise TookTooLong(self.seconds)
