"""Taking records of the agent's own back from the CRM, as into a mirror that was lost.

Without that, the next sync would discover everything again, and license it twice. What a user
made in the CRM by hand is not the agent's: it says so by an id that is not derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import provider_account_id, subscription_id
from seatsync.domain.license_change import ProvisioningStatus
from seatsync.domain.ownership import FIELDS
from seatsync.domain.provider import MANUAL_PROVIDER_KEY
from seatsync.domain.subscription import UnassignedReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from seatsync.crm.merge import Values


@dataclass(frozen=True, slots=True)
class Adopted:
    """A row for the mirror, and the fields in it that the CRM does not say so."""

    row: dict[str, Any]
    filled: frozenset[str] = frozenset()


Found = Adopted | str
"""A record as it is adopted, or the reason why it is not."""

_NEEDED: Mapping[CrmNoun, tuple[str, ...]] = {
    CrmNoun.PROVIDER_ACCOUNT: ("provider_key", "external_id"),
    CrmNoun.SUBSCRIPTION: (
        "provider_key",
        "external_id",
        "provider_account_id",
        "name",
        "quantity",
        "status",
    ),
    CrmNoun.LICENSE_CHANGE: (
        "subscription_id",
        "event",
        "quantity_delta",
        "quantity_after",
        "effective_date",
    ),
}

_DERIVED: Mapping[CrmNoun, Callable[[str, str], UUID]] = {
    CrmNoun.PROVIDER_ACCOUNT: provider_account_id,
    CrmNoun.SUBSCRIPTION: subscription_id,
}


def adopt(noun: CrmNoun, record_id: UUID, values: Values, now: datetime) -> Found:
    """Decide about a record that the mirror lacks; what it refers to is in the mirror, or None."""
    lacking = [name for name in _NEEDED[noun] if values.get(name) is None]
    if lacking:
        return f"it has no {lacking[0].removesuffix('_id').replace('_', ' ')} that is known here"
    if not _is_ours(noun, record_id, values):
        return "the agent did not make it"
    return _MADE[noun](record_id, values, now)


def _is_ours(noun: CrmNoun, record_id: UUID, values: Values) -> bool:
    derive = _DERIVED.get(noun)
    if derive is None or values["provider_key"] == MANUAL_PROVIDER_KEY:
        return True
    return derive(str(values["provider_key"]), str(values["external_id"])) == record_id


def _provider_account(record_id: UUID, values: Values, now: datetime) -> Adopted:
    return _adopted(
        CrmNoun.PROVIDER_ACCOUNT,
        record_id,
        values,
        unless_said={"name": values["external_id"], "discovered_at": now},
        beside={"sync_enabled": values["provider_key"] != MANUAL_PROVIDER_KEY},
    )


def _subscription(record_id: UUID, values: Values, now: datetime) -> Adopted:
    discovered_at = values.get("discovered_at") or now
    adopted = _adopted(
        CrmNoun.SUBSCRIPTION,
        record_id,
        values,
        unless_said={
            "provider_status": values["status"],
            "billing_type": "LICENSE",
            "is_trial": False,
            "discovered_at": discovered_at,
        },
        beside={"last_synced_at": discovered_at},
    )
    reason = _reason(values)
    if reason == values.get("unassigned_reason"):
        return adopted
    return Adopted(
        {**adopted.row, "unassigned_reason": reason}, adopted.filled | {"unassigned_reason"}
    )


def _reason(values: Values) -> str | None:
    """Return why it is on no contract: the agent's own word, or else that a user took it off."""
    if values.get("billing_contract_id") is not None:
        return None
    said = values.get("unassigned_reason")
    return str(said) if said else UnassignedReason.UNASSIGNED_BY_USER.value


def _license_change(record_id: UUID, values: Values, now: datetime) -> Adopted:
    return _adopted(
        CrmNoun.LICENSE_CHANGE,
        record_id,
        values,
        unless_said={"created_at": now},
        beside={"provisioning_status": ProvisioningStatus.NOT_APPLICABLE, "archived": False},
    )


_MADE: Mapping[CrmNoun, Callable[[UUID, Values, datetime], Adopted]] = {
    CrmNoun.PROVIDER_ACCOUNT: _provider_account,
    CrmNoun.SUBSCRIPTION: _subscription,
    CrmNoun.LICENSE_CHANGE: _license_change,
}


def _adopted(
    noun: CrmNoun,
    record_id: UUID,
    values: Values,
    *,
    unless_said: Mapping[str, Any],
    beside: Mapping[str, Any],
) -> Adopted:
    filled = {name: value for name, value in unless_said.items() if values.get(name) is None}
    said = {one.name: values.get(one.name) for one in FIELDS[noun]}
    return Adopted({"id": record_id, **said, **filled, **beside}, frozenset(filled))
