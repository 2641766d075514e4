"""Billing contracts, read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.filters import BillingContractFilter
from seatsync.mirror.conditions import Conditions
from seatsync.mirror.keyset import Listing, by_name
from seatsync.mirror.known import LANDING_CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from seatsync.domain.contract import BillingContract
    from seatsync.mirror.database import Mirror


def _narrow(conditions: Conditions, wanted: BillingContractFilter) -> None:
    conditions.equal("account_id", wanted.account_id)
    conditions.flag("is_default", wanted.is_default)
    conditions.equal("status", wanted.status)
    conditions.search(("name",), wanted.search)


CONTRACTS: Listing[BillingContract, BillingContractFilter] = Listing(
    LANDING_CONTRACTS,
    by_name("billing_contract"),
    _narrow,
    BillingContractFilter(),
    parents={"account": "account_id"},
)
"""All billing contracts, by name."""


def active_defaults(
    mirror: Mirror, account_ids: Collection[UUID]
) -> dict[UUID, list[BillingContract]]:
    """Return the active default contracts of each account, in the current session."""
    conditions = Conditions(mirror).among("account_id", account_ids)
    conditions.require("is_default").equal("status", "ACTIVE")
    found: dict[UUID, list[BillingContract]] = {account_id: [] for account_id in account_ids}
    for contract in LANDING_CONTRACTS.read(mirror, conditions.where, conditions.params):
        found[contract.account_id].append(contract)
    return found
