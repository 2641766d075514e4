"""The landing rule: which billing contract a new subscription is put on, or why on none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.subscription import UnassignedReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.billing import BillingType
    from seatsync.domain.contract import BillingContract


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a subscription lands: on a contract, or unassigned with the reason; never both."""

    contract_id: UUID | None = None
    reason: UnassignedReason | None = None


_UNASSIGNED = {reason: Landing(reason=reason) for reason in UnassignedReason}


@dataclass(frozen=True, slots=True)
class LandingSetting:
    """The switch *Associate Default Billing Contract*; `since` is None while it is off."""

    since: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Tell whether new subscriptions are attached at all."""
        return self.since is not None


def decide_landing(
    setting: LandingSetting,
    *,
    account_known: bool,
    contracts: Iterable[BillingContract],
    billing_type: BillingType,
) -> Landing:
    """Decide at discovery, in an automatic run; `contracts` are those of the account.

    The reason is the first condition that failed, in the order of the domain rules.
    """
    if not setting.is_on:
        return _UNASSIGNED[UnassignedReason.SETTING_DISABLED]
    if not account_known:
        return _UNASSIGNED[UnassignedReason.PROVIDER_ACCOUNT_UNMAPPED]
    candidates = qualifying_defaults(contracts, billing_type)
    if not candidates:
        return _UNASSIGNED[UnassignedReason.NO_DEFAULT_CONTRACT]
    if len(candidates) > 1:
        return _UNASSIGNED[UnassignedReason.MULTIPLE_DEFAULT_CONTRACTS]
    return Landing(contract_id=candidates[0].id)


def decide_deferred_landing(
    setting: LandingSetting,
    *,
    discovered_at: datetime,
    contracts: Iterable[BillingContract],
    billing_type: BillingType,
) -> Landing:
    """Decide when the provider account is mapped, for what was discovered while it was not."""
    if setting.since is not None and setting.since > discovered_at:
        return _UNASSIGNED[UnassignedReason.DISCOVERED_BEFORE_SETTING]
    return decide_landing(
        setting, account_known=True, contracts=contracts, billing_type=billing_type
    )


def qualifying_defaults(
    contracts: Iterable[BillingContract], billing_type: BillingType
) -> list[BillingContract]:
    """Return the active defaults that qualify: narrowed ones first, else the unnarrowed."""
    landing = [contract for contract in contracts if contract.is_landing]
    narrowed = [contract for contract in landing if contract.default_for is billing_type]
    return narrowed or [contract for contract in landing if contract.default_for is None]
