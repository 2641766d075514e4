"""What Verify Connectivity says, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class CheckOutcome(StrEnum):
    """How one check ended."""

    PASSED = "PASSED"
    WARNING = "WARNING"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class ConnectivityCheck:
    """One stage; `remedy` says what to do and is None when it passed."""

    name: str
    outcome: CheckOutcome
    message: str
    remedy: str | None = None


class ConsentKind(StrEnum):
    """Who consents: an administrator for the application, or a user for themselves."""

    ADMIN = "ADMIN"
    USER = "USER"


class ConsentState(StrEnum):
    """Whether a consent is in force."""

    GRANTED = "GRANTED"
    MISSING = "MISSING"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"
    NOT_REQUIRED = "NOT_REQUIRED"


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent that a connection needs, with its end where that can be known."""

    kind: ConsentKind
    state: ConsentState
    expires_at: datetime | None = None
    remedy: str | None = None
