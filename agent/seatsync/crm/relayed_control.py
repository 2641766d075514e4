"""A control that stands for that of whichever job is using a connection."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from collections.abc import Iterator


class RelayedControl(Control):
    """Lets one connection serve one job after the other, each with a control of its own."""

    def __init__(self) -> None:
        """Stand for nobody yet."""
        super().__init__()
        self._current = Control()

    @contextmanager
    def standing_for(self, control: Control) -> Iterator[None]:
        """Stand for the control of one job."""
        self._current = control
        try:
            yield
        finally:
            self._current = Control()

    def cancel(self, reason: str = "cancelled") -> None:
        """Ask the job to stop."""
        self._current.cancel(reason)

    @property
    def is_cancelled(self) -> bool:
        """Tell whether somebody asked the job to stop."""
        return self._current.is_cancelled

    def check(self) -> None:
        """Raise `Cancelled` if somebody asked the job to stop."""
        self._current.check()

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`, or raise `Cancelled` as soon as somebody asks the job to stop."""
        self._current.sleep(seconds)
