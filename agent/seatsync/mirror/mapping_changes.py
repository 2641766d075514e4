"""Writing how provider accounts are mapped, and whether they are synced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.mirror.outbox import note_values

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.domain.provider import ProviderAccount
    from seatsync.mirror.database import Mirror


def update_mapping(mirror: Mirror, provider_account: ProviderAccount, now: datetime) -> None:
    """Write the account of a provider account, and its switch; never what a sync finds."""
    mapping = {"account_id": provider_account.account_id}
    note_values(mirror, CrmNoun.PROVIDER_ACCOUNT, {provider_account.id: mapping}, now)
    mirror.execute(
        "UPDATE provider_account SET account_id = :account_id, sync_enabled = :sync_enabled"
        " WHERE id = :id",
        {
            **mapping,
            "sync_enabled": provider_account.sync_enabled,
            "id": provider_account.id,
        },
    )
