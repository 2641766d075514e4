"""What carries out the jobs of one kind."""

from __future__ import annotations

from collections.abc import Callable

from seatsync.domain.job import Job
from seatsync.domain.progress import ProgressSink
from seatsync.sdk.context import Control

Handler = Callable[[Job, Control, ProgressSink], None]
"""Does one job, asking its control between two steps; how it ends is told by what it raises.

Nothing: SUCCEEDED. `PassingFault`: tried again. `NotApplicable` and `Cancelled`: as they say.
Every other error: FAILED.
"""
