"""The guard that keeps a broken answer from wiping a customer base."""

from __future__ import annotations

MISSING_ALWAYS_ALLOWED = 10
"""So many may go missing in one run or read whatever share of the whole they are."""


def exceeds_missing_threshold(missing: int, *, known: int, threshold_percent: int) -> bool:
    """Tell whether `missing` of `known` records is too much to believe.

    `threshold_percent` is 0 to 100; 100 switches the guard off.
    """
    return missing > MISSING_ALWAYS_ALLOWED and missing * 100 > known * threshold_percent
