"""What carries out the jobs of one kind."""

from __future__ import annotations

from collections.abc import Callable

from seatsync.domain.job import Job
from seatsync.sdk.context import Control

ProgressSink = Callable[[int, int | None, str | None], None]
"""Takes how much is done, the total (None while unknown), and what is being done."""

Handler = Callable[[Job, Control, ProgressSink], None]
"""Does one job, asking its control between two steps; how it ends is told by what it raises.

Nothing: SUCCEEDED. `PassingFault`: tried again. `NotApplicable` and `Cancelled`: as they say.
Every other error: FAILED.
"""


def no_progress(_done: int, _total: int | None, _message: str | None) -> None:
    """Ignore progress."""
