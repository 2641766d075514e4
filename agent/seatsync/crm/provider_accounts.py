"""Taking over provider accounts: the agent's own, but for the account that they are mapped to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from seatsync.crm.adopting import adopt_all, insert_adopted
from seatsync.crm.applying import apply_merged, audit_taken, put_back
from seatsync.crm.carry_along import carry_along
from seatsync.crm.merge import nothing_follows
from seatsync.domain.crm import CrmNoun
from seatsync.domain.provider import MANUAL_PROVIDER_KEY
from seatsync.mirror.held import held_contracts, hold_records
from seatsync.mirror.manual_subscriptions import ensure_manual_provider
from seatsync.mirror.provider_registration import register_unconfigured

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatsync.crm.merge import Merged
    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn
    from seatsync.domain.crm import CrmRecord

MAP = "mapProviderAccount"

_AT_ONCE = 100
"""The subscriptions of so many provider accounts are held at once."""


def hold_mapped(turn: Turn, records: Iterable[CrmRecord]) -> None:
    """Hold the accounts that provider accounts map to, and their contracts, before themselves."""
    mapped = {one.values.get("account_id") for one in records}
    accounts = [one for one in mapped if isinstance(one, UUID)]
    hold_records(turn.mirror, CrmNoun.ACCOUNT, accounts)
    if not turn.mirror.is_sqlite:
        held_contracts(turn.mirror, *accounts)


def take_provider_accounts(turn: Turn, page: Page) -> None:
    """Take over to which accounts they are mapped, with everything that follows from it."""
    merged = page.merged(turn, page.known, nothing_follows)
    audit_taken(turn, page, merged, MAP, ("account_id",))
    apply_merged(turn, page, merged)
    _follow(turn, page, merged)
    adopted = adopt_all(turn, page, page.unknown)
    _register(turn, {each.row["provider_key"] for each in adopted})
    insert_adopted(turn, page, adopted)
    put_back(turn, page, page.lost)


def _register(turn: Turn, provider_keys: set[str]) -> None:
    if MANUAL_PROVIDER_KEY in provider_keys:
        ensure_manual_provider(turn.mirror)
    register_unconfigured(turn.mirror, provider_keys)


def _follow(turn: Turn, page: Page, merged: Mapping[UUID, Merged]) -> None:
    by_actor: dict[str, dict[UUID, UUID | None]] = {}
    for one, each in merged.items():
        if "account_id" in each.taken:
            account_id = each.taken["account_id"]
            mapped = by_actor.setdefault(page.actor(turn, one), {})
            mapped[one] = account_id if isinstance(account_id, UUID) else None
    for actor, mapped in by_actor.items():
        ids = [*mapped]
        for start in range(0, len(ids), _AT_ONCE):
            some = {one: mapped[one] for one in ids[start : start + _AT_ONCE]}
            contracts = held_contracts(turn.mirror, *filter(None, some.values()))
            carry_along(turn.mirror, some, contracts, turn.notes(actor, MAP))
