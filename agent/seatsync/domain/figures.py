"""What the agent has done and how it stands, in numbers, for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class RunFigures:
    """The runs of one provider that one trigger set going and that ended alike."""

    provider_key: str
    trigger: str
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All numbers, at one moment; runs of several providers at once have the key ``.

    `changes` counts subscriptions by provider and by what runs did to them, `failures` by
    provider and code, `failed_jobs` and `jobs` by kind and code or status; `queue_age_s` is
    how long the job has been due that waits longest, 0 if none is. `outbox` counts records that
    the CRM has yet to be told of, by noun, and whether it has refused them (`PARKED`) or they are
    on their way (`WAITING`); `crm_late_s` is how long each direction has been behind, 0 if it is
    not.
    """

    runs: tuple[RunFigures, ...]
    changes: Mapping[tuple[str, str], int]
    failures: Mapping[tuple[str, str], int]
    subscriptions: Mapping[tuple[str, str], int]
    unassigned: Mapping[str, int]
    jobs: Mapping[tuple[str, str], int]
    failed_jobs: Mapping[tuple[str, str], int]
    queue_age_s: float
    last_success: Mapping[str, datetime]
    healthy: Mapping[str, bool]
    consent_ends: Mapping[tuple[str, str], datetime]
    outbox: Mapping[tuple[str, str], int]
    crm_late_s: Mapping[str, float]
