"""What proceeding with a manual sync would do, candidate by candidate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.change import FieldChange
    from seatsync.domain.report import SyncFailure


class CandidateChange(StrEnum):
    """How a candidate differs from the mirror."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


class CandidatePlacement(StrEnum):
    """Where a candidate is now, seen from the contract of the preview."""

    NOWHERE = "NOWHERE"
    THIS_CONTRACT = "THIS_CONTRACT"
    OTHER_CONTRACT = "OTHER_CONTRACT"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One subscription that the provider lists; `id` is the one it has, or will have, here."""

    id: UUID
    external_id: str
    name: str
    provider_account_id: UUID
    change: CandidateChange
    placement: CandidatePlacement
    quantity: int
    field_changes: tuple[FieldChange, ...]

    @property
    def is_selectable(self) -> bool:
        """Tell whether proceeding could put it on the contract."""
        return self.placement is not CandidatePlacement.OTHER_CONTRACT


@dataclass(frozen=True, slots=True)
class Preview:
    """The candidates of one billing contract, what could not be read, and a checksum."""

    billing_contract_id: UUID
    fetched_at: datetime
    candidates: tuple[Candidate, ...]
    failures: tuple[SyncFailure, ...]
    checksum: str
