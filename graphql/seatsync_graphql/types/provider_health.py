"""What Verify Connectivity found."""

from __future__ import annotations

from datetime import datetime

import strawberry

from seatsync.domain.connectivity import CheckOutcome, ConsentKind, ConsentState
from seatsync.domain.provider import HealthState
from seatsync_graphql.types.node import of_record


@strawberry.type
class ConnectivityCheck:
    """One stage of Verify Connectivity."""

    name: str
    outcome: CheckOutcome
    message: str
    remedy: str | None = of_record("What to do about it; null when it passed.")


@strawberry.type
class Consent:
    """One consent that a connection needs."""

    kind: ConsentKind
    state: ConsentState
    expires_at: datetime | None
    remedy: str | None


@strawberry.type(description="Outcome of the last Verify Connectivity.")
class ProviderHealth:
    """Outcome of the last Verify Connectivity."""

    state: HealthState
    checked_at: datetime | None
    checks: list[ConnectivityCheck]
    consents: list[Consent]
