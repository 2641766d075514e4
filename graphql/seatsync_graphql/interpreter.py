"""How Python itself runs while answers are given."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SWITCH_S = 0.001
"""How soon a thread that computes hands Python on, if others want it.

A thread that reads from the database wants it back for every row. With Python's own 5 ms a page
of 50 rows could take a quarter of a second beside a sync.
"""


@contextmanager
def tuned_to_answer() -> Iterator[None]:
    """Let answers be quick while the body runs.

    Modules and the schema stay. To look through them for garbage, over and over while answers
    are made of thousands of objects, would take as long as making the answers.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)
