"""What a sync is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.report import SyncTrigger

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProviderSync:
    """Sync everything of one provider, as the schedule does."""

    provider_key: str
    requested_by: str
    job_id: UUID | None = None
    trigger: SyncTrigger = SyncTrigger.AUTOMATIC


@dataclass(frozen=True, slots=True)
class ContractSync:
    """Sync from a billing contract: refresh what its account holds, import what was ticked.

    `provider_keys` None means every provider that serves the account. With `expect_checksum`
    the run does exactly what the preview with that checksum showed, or nothing.
    """

    contract_id: UUID
    requested_by: str
    ticked: frozenset[UUID] = frozenset()
    provider_keys: tuple[str, ...] | None = None
    expect_checksum: str | None = None
    job_id: UUID | None = None
