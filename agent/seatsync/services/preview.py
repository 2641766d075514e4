"""Asking the providers what proceeding with a manual sync would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from seatsync.domain.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from seatsync.domain.preview import Preview
    from seatsync.domain.roles import Caller


class Previewer(Protocol):
    """What the sync engine offers here."""

    def preview(self, contract_id: UUID, provider_keys: Sequence[str] | None) -> Preview:
        """Plan a manual sync without carrying it out; asks the providers, for seconds."""
        ...


@dataclass(frozen=True, slots=True)
class SyncPreviews:
    """Previews for callers who may sync; holds no database session while a provider answers."""

    engine: Previewer

    def preview(
        self, caller: Caller, contract_id: UUID, provider_keys: Sequence[str] | None
    ) -> Preview:
        """Return what proceeding would do; raise `Refusal` if the contract does not exist."""
        caller.require(Permission.PREVIEW)
        return self.engine.preview(contract_id, provider_keys)
