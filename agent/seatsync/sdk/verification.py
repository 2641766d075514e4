"""Verify Connectivity, run stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.connectivity import CheckOutcome, ConnectivityCheck
from seatsync.errors import PassingFault, SkippedFault, StandingFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TOKEN = "token"  # noqa: S105 - the name of a stage
CONSENT = "consent"
PERMISSION = "permission to list customers"
ONE_PAGE = "one page of customers"


@dataclass(frozen=True, slots=True)
class Warned:
    """What a check returns that passed, and will not for ever."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, and what it does.

    `check` returns what it found, or raises the fault; None means that the provider has no
    such stage.
    """

    name: str
    check: Callable[[], str | Warned] | None = None


def run_stages(stages: Sequence[Stage]) -> Iterator[ConnectivityCheck]:
    """Yield the outcome of each stage; after a failure the later ones are skipped."""
    failed: str | None = None
    for stage in stages:
        outcome = _run(stage) if failed is None else _skipped(stage, f"{failed} failed")
        if outcome.outcome is CheckOutcome.FAILED:
            failed = stage.name
        yield outcome


def _run(stage: Stage) -> ConnectivityCheck:
    if stage.check is None:
        return _skipped(stage, "not required by this provider")
    try:
        found = stage.check()
    except (PassingFault, StandingFault, SkippedFault) as fault:
        return ConnectivityCheck(stage.name, CheckOutcome.FAILED, fault.message, fault.remedy)
    if isinstance(found, Warned):
        return ConnectivityCheck(stage.name, CheckOutcome.WARNING, found.message, found.remedy)
    return ConnectivityCheck(stage.name, CheckOutcome.PASSED, found)


def _skipped(stage: Stage, message: str) -> ConnectivityCheck:
    return ConnectivityCheck(stage.name, CheckOutcome.SKIPPED, message)
