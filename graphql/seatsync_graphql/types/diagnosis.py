"""What the troubleshooting checklist found."""

from __future__ import annotations

import strawberry

from seatsync.domain.connectivity import CheckOutcome
from seatsync.domain.diagnosis import DiagnosisCheckKind
from seatsync_graphql.types.node import of_record


@strawberry.type
class DiagnosisCheck:
    """One check of the troubleshooting checklist."""

    kind: DiagnosisCheckKind
    outcome: CheckOutcome
    message: str
    remedy: str | None


@strawberry.type
class Diagnosis:
    """The checks, in the order in which a support engineer goes through them."""

    conclusion: str | None = of_record(
        "The first check that failed, in one sentence; null when none did."
    )
    checks: list[DiagnosisCheck] = of_record()
