"""Letting subscriptions follow the mapping of their provider account, whoever mapped it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.audit import audited_changes
from seatsync.domain.mapping import decide_mapped
from seatsync.domain.moves import Assignment, assignment_of
from seatsync.mirror.assignment_changes import update_assignments
from seatsync.mirror.held import held_subscriptions_of
from seatsync.mirror.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from seatsync.domain.audit import Notes
    from seatsync.domain.contract import BillingContract
    from seatsync.domain.landing import LandingSetting
    from seatsync.domain.subscription import Subscription
    from seatsync.mirror.database import Mirror


def carry_along(
    mirror: Mirror,
    mapped: Mapping[UUID, UUID | None],
    contracts: Iterable[BillingContract],
    notes: Notes,
) -> None:
    """Give the subscriptions of provider accounts the accounts that these are mapped to now.

    Those whose landing waited for it land, on one of `contracts`, which are the accounts'. All
    are held before, in the session that is open. Only what follows is written, not the mapping.
    """
    setting = load_settings(mirror).landing
    by_account: dict[UUID, list[BillingContract]] = {}
    for contract in contracts:
        by_account.setdefault(contract.account_id, []).append(contract)
    subscriptions = held_subscriptions_of(mirror, mapped)
    decided = dict(_followed(subscriptions, mapped, by_account, setting))
    for one in subscriptions:
        changes = audited_changes(assignment_of(one), decided[one.id])
        notes.note(changes, target_id=one.id)
    update_assignments(mirror, decided, notes.at)


def _followed(
    subscriptions: Iterable[Subscription],
    mapped: Mapping[UUID, UUID | None],
    contracts: Mapping[UUID, list[BillingContract]],
    setting: LandingSetting,
) -> Iterator[tuple[UUID, Assignment]]:
    for one in subscriptions:
        account_id = mapped[one.provider_account_id]
        yield (
            one.id,
            decide_mapped(
                assignment_of(one),
                account_id,
                setting=setting,
                contracts=contracts.get(account_id, []) if account_id else [],
                discovered_at=one.discovered_at,
                billing_type=one.billing_type,
            ),
        )
