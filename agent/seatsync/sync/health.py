"""From the stages of Verify Connectivity to the health of a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.connectivity import CheckOutcome, ConnectivityCheck
from seatsync.domain.provider import HealthState, ProviderHealth

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from seatsync.errors import SeatsyncError

SYNC = "sync"
"""Name of the stage that a sync itself is."""


def judge_health(checks: Iterable[ConnectivityCheck]) -> HealthState:
    """Return the state that the worst of the stages makes."""
    outcomes = {check.outcome for check in checks}
    if CheckOutcome.FAILED in outcomes:
        return HealthState.FAILED
    return HealthState.DEGRADED if CheckOutcome.WARNING in outcomes else HealthState.HEALTHY


def failed_sync(fault: SeatsyncError, now: datetime) -> ProviderHealth:
    """Return the health of a provider that refuses to be synced."""
    check = fault_check(SYNC, fault)
    return ProviderHealth(judge_health([check]), now, (check,))


def recovered(health: ProviderHealth, now: datetime) -> ProviderHealth | None:
    """Return the health once a sync has succeeded; None if no failed sync was what it lacked."""
    failed = {check.name for check in health.checks if check.outcome is CheckOutcome.FAILED}
    if SYNC not in failed:
        return None
    check = ConnectivityCheck(SYNC, CheckOutcome.PASSED, "The last sync could read the provider.")
    return ProviderHealth(judge_health([check]), now, (check,))


def fault_check(name: str, fault: SeatsyncError) -> ConnectivityCheck:
    """Describe a fault as a failed stage."""
    return ConnectivityCheck(name, CheckOutcome.FAILED, fault.message, fault.remedy)
