"""Writing accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.mirror.outbox import note_created

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.domain.account import Account
    from seatsync.mirror.database import Mirror


def insert_account(mirror: Mirror, account: Account, now: datetime) -> bool:
    """Add an account; return False, having changed nothing, if its id is taken."""
    count = mirror.execute(
        "INSERT INTO account (id, name, domain, created_at)"
        " VALUES (:id, :name, :domain, :now) ON CONFLICT (id) DO NOTHING",
        {"id": account.id, "name": account.name, "domain": account.domain, "now": now},
    )
    if count:
        note_created(mirror, CrmNoun.ACCOUNT, [account.id], now)
    return count == 1
