"""The mapping rule: what mapping a provider account does to one of its subscriptions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatsync.domain.landing import decide_deferred_landing
from seatsync.domain.moves import Assignment
from seatsync.domain.subscription import UnassignedReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.billing import BillingType
    from seatsync.domain.contract import BillingContract
    from seatsync.domain.landing import LandingSetting


def decide_mapped(
    assignment: Assignment,
    account_id: UUID | None,
    *,
    setting: LandingSetting,
    contracts: Iterable[BillingContract],
    discovered_at: datetime,
    billing_type: BillingType,
) -> Assignment:
    """Return the assignment of a subscription whose provider account is (un)mapped.

    The account follows the mapping; a contract never does. Only a landing that could not be
    decided while the account was unknown is decided now; `contracts` are the account's.
    """
    followed = replace(assignment, account_id=account_id)
    if account_id is None or not _is_undecided(assignment):
        return followed
    landing = decide_deferred_landing(
        setting, discovered_at=discovered_at, contracts=contracts, billing_type=billing_type
    )
    return Assignment(account_id, landing.contract_id, landing.reason)


def _is_undecided(assignment: Assignment) -> bool:
    return (
        assignment.billing_contract_id is None
        and assignment.unassigned_reason is UnassignedReason.PROVIDER_ACCOUNT_UNMAPPED
    )
