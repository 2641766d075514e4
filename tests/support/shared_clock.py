"""A virtual clock that several processes share, in a file."""

from __future__ import annotations

import fcntl
import struct
from datetime import timedelta
from typing import TYPE_CHECKING

from seatsync.sdk.context import Clock
from virtual_time import START

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_SECONDS = struct.Struct("d")


class SharedClock(Clock):
    """Stands still until one of the processes moves it."""

    def __init__(self, path: Path) -> None:
        """Keep the time in `path`; a new file is at its start."""
        self._path = path
        if not path.exists():
            path.write_bytes(_SECONDS.pack(0.0))

    @property
    def passed_s(self) -> float:
        """The virtual seconds since the start."""
        seconds: float = _SECONDS.unpack(self._path.read_bytes())[0]
        return seconds

    def advance(self, seconds: float) -> None:
        """Let time pass for everybody."""
        with self._path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            passed_s = _SECONDS.unpack(file.read())[0]
            file.seek(0)
            file.write(_SECONDS.pack(passed_s + seconds))

    def now(self) -> datetime:
        """Return the virtual instant."""
        return START + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return 1000.0 + self.passed_s
