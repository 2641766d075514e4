"""Writing billing contracts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.mirror.outbox import note_created, note_values

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.domain.contract import BillingContract
    from seatsync.mirror.database import Mirror

_INSERT = """
    INSERT INTO billing_contract (id, name, account_id, is_default, default_for, billing_policy,
        billing_frequency, currency, status, created_at, default_changed_at)
    VALUES (:id, :name, :account_id, :is_default, :default_for, :billing_policy,
        :billing_frequency, :currency, :status, :now, :default_changed_at)
    ON CONFLICT (id) DO NOTHING
"""

_UPDATE = """
    UPDATE billing_contract SET name = :name, is_default = :is_default,
        default_for = :default_for, billing_policy = :billing_policy,
        billing_frequency = :billing_frequency, currency = :currency, status = :status
    WHERE id = :id
"""


def insert_contract(mirror: Mirror, contract: BillingContract, now: datetime) -> bool:
    """Add a contract; return False, having changed nothing, if its id is taken."""
    flagged_at = now if contract.is_default else None
    params = {**asdict(contract), "now": now, "default_changed_at": flagged_at}
    count = mirror.execute(_INSERT, params)
    if count:
        note_created(mirror, CrmNoun.BILLING_CONTRACT, [contract.id], now)
    return count == 1


def update_contract(mirror: Mirror, contract: BillingContract, now: datetime) -> None:
    """Write everything of a contract but its account."""
    params = asdict(contract)
    del params["account_id"]
    note_values(mirror, CrmNoun.BILLING_CONTRACT, {contract.id: params}, now)
    mirror.execute(_UPDATE, params)


def update_default(mirror: Mirror, contract: BillingContract, now: datetime) -> None:
    """Write the default flag and its narrowing, and since when they are so."""
    flag = {"is_default": contract.is_default, "default_for": contract.default_for}
    note_values(mirror, CrmNoun.BILLING_CONTRACT, {contract.id: flag}, now)
    mirror.execute(
        "UPDATE billing_contract SET is_default = :is_default, default_for = :default_for,"
        " default_changed_at = :now WHERE id = :id",
        {**flag, "now": now, "id": contract.id},
    )
