"""The Admin Hub's switches."""

from __future__ import annotations

from dataclasses import dataclass, field

from seatsync.domain.landing import LandingSetting


@dataclass(frozen=True, slots=True)
class ApplicationSettings:
    """All switches, with the values of a new installation as defaults."""

    landing: LandingSetting = field(default_factory=LandingSetting)
    provider_account_match: bool = False
    missing_threshold_percent: int = 20
    report_retention_days: int = 365
    update_costs: bool = True
