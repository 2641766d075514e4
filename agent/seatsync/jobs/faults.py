"""Faults that must not end a thread: caught in one place, and written to the log."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, TypeVar

from seatsync.errors import SeatsyncError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_log = logging.getLogger(__name__)


def attempt(work: Callable[[], T]) -> T | Exception:
    """Do the work; return its result, or what it raised.

    The one place that catches everything: what nobody foresaw must end as the state of its
    job and as an entry of the log, never as a thread that is silently gone.
    """
    try:
        return work()
    except Exception as fault:  # noqa: BLE001
        return fault


def log_fault(doing: str, fault: Exception) -> str:
    """Write a fault to the log, with its traceback if nobody foresaw it; return its reference."""
    reference = secrets.token_hex(4)
    if isinstance(fault, SeatsyncError):
        _log.warning("%s: %s (%s)", doing, fault, fault.code)
    else:
        _log.error("%s: fault %s", doing, reference, exc_info=fault)
    return reference
