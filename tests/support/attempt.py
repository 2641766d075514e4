"""Doing what may be refused, for properties that say when it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from seatsync.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def attempted(work: Callable[[], T]) -> T | Refusal:
    """Return what the work returns, or the refusal that it raises."""
    try:
        return work()
    except Refusal as refusal:
        return refusal
