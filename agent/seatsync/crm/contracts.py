"""Taking over billing contracts, which are the CRM's."""

from __future__ import annotations

from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from seatsync.crm.actors import NOBODY
from seatsync.crm.applying import apply_merged, audit_taken, insert_new, leave_alone
from seatsync.crm.merge import nothing_follows
from seatsync.crm.removal import remove_contracts
from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.contract import BillingContract, ContractStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from seatsync.crm.merge import Merged
    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn

_DEFAULT = ("is_default", "default_for")
_OTHERS = ("name", "account_id", "billing_policy", "billing_frequency", "currency", "status")

_UNSAID: Mapping[str, Any] = MappingProxyType(
    {
        "is_default": False,
        "billing_policy": BillingPolicy.ADVANCE,
        "billing_frequency": BillingFrequency.MONTHLY,
        "currency": "USD",
        "status": ContractStatus.ACTIVE,
    }
)
"""What a new contract is where nobody says otherwise, here as over GraphQL."""

_HOMELESS = "it has no account, so nothing can be billed from it"


def take_contracts(turn: Turn, page: Page) -> None:
    """Take over what the CRM says of contracts, however many defaults that leaves."""
    homeless = {one for one in page.records if _is_homeless(page, one)}
    staying = [one for one in page.known if one not in homeless]
    merged = page.merged(turn, staying, nothing_follows)
    audit_taken(turn, page, merged, "setDefaultBillingContract", _DEFAULT)
    audit_taken(turn, page, merged, "updateBillingContract", _OTHERS)
    apply_merged(turn, page, merged, _flagged(turn, merged))
    made = [_contract(page, one) for one in page.unknown if one not in homeless]
    insert_new(turn, page, [_row(turn, one) for one in made])
    if not page.is_first:
        for one in made:
            turn.notes(page.actor(turn, one.id), "createBillingContract").record(one.id, None, one)
    leave_alone(turn, page, {one: _HOMELESS for one in page.unknown if one in homeless})
    for leaving in page.known:
        if leaving in homeless:
            remove_contracts(turn, [leaving], page.actor(turn, leaving))
    remove_contracts(turn, page.lost, NOBODY)


def _is_homeless(page: Page, contract_id: UUID) -> bool:
    is_told = "account_id" in page.theirs[contract_id] or contract_id not in page.held
    return is_told and page.reference(contract_id, "account_id") is None


def _flagged(turn: Turn, merged: Mapping[UUID, Merged]) -> dict[UUID, dict[str, Any]]:
    """Return since when the contracts are the default that changed as such."""
    return {
        one: {"default_changed_at": turn.now}
        for one, each in merged.items()
        if not each.taken.keys().isdisjoint(_DEFAULT)
    }


def _contract(page: Page, contract_id: UUID) -> BillingContract:
    said = {name: value for name, value in page.theirs[contract_id].items() if value is not None}
    values: dict[str, Any] = {"name": str(contract_id), **_UNSAID, **said}
    narrowed_to = values.get("default_for")
    return BillingContract(
        id=contract_id,
        name=values["name"],
        account_id=values["account_id"],
        is_default=values["is_default"],
        default_for=BillingType(narrowed_to) if narrowed_to else None,
        billing_policy=BillingPolicy(values["billing_policy"]),
        billing_frequency=BillingFrequency(values["billing_frequency"]),
        currency=values["currency"],
        status=ContractStatus(values["status"]),
    )


def _row(turn: Turn, contract: BillingContract) -> dict[str, Any]:
    flagged_at = turn.now if contract.is_default else None
    return {**asdict(contract), "created_at": turn.now, "default_changed_at": flagged_at}
