"""From the stages of Verify Connectivity to the health of a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.connectivity import CheckOutcome, ConnectivityCheck
from seatsync.domain.provider import HealthState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync.errors import SeatsyncError


def judge_health(checks: Iterable[ConnectivityCheck]) -> HealthState:
    """Return the state that the worst of the stages makes."""
    outcomes = {check.outcome for check in checks}
    if CheckOutcome.FAILED in outcomes:
        return HealthState.FAILED
    return HealthState.DEGRADED if CheckOutcome.WARNING in outcomes else HealthState.HEALTHY


def fault_check(name: str, fault: SeatsyncError) -> ConnectivityCheck:
    """Describe a fault as a failed stage."""
    return ConnectivityCheck(name, CheckOutcome.FAILED, fault.message, fault.remedy)
