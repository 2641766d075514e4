"""Letting accounts and contracts leave the mirror that the CRM does not have any more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatsync.domain.audit import audited_change, audited_changes
from seatsync.domain.crm import CrmNoun
from seatsync.domain.moves import assignment_of, decide_removal
from seatsync.domain.ownership import FIELDS
from seatsync.mirror.assignment_changes import update_assignments
from seatsync.mirror.crm_removal import (
    delete_accounts,
    delete_contracts,
    held_provider_accounts_of,
    held_subscriptions_on,
)
from seatsync.mirror.crm_values import record_values
from seatsync.mirror.held import held_contracts, hold_records
from seatsync.mirror.mapping_changes import update_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from seatsync.crm.turn import Turn
    from seatsync.domain.audit import Notes
    from seatsync.domain.moves import Assignment
    from seatsync.domain.subscription import Subscription

_AT_ONCE = 100
"""So many accounts or contracts leave at once: all their subscriptions are held meanwhile."""


@dataclass(frozen=True, slots=True)
class _Leaving:
    accounts: AbstractSet[UUID]
    contracts: AbstractSet[UUID]

    def without(self, subscription: Subscription) -> Assignment:
        """Return where a subscription is billed when these have left."""
        assignment = assignment_of(subscription)
        if assignment.billing_contract_id in self.contracts:
            assignment = decide_removal(assignment)
        if assignment.account_id in self.accounts:
            assignment = replace(assignment, account_id=None)
        return assignment


def remove_accounts(turn: Turn, ids: Sequence[UUID], actor: str) -> None:
    """Remove accounts with their contracts; what was mapped to them, or theirs, loses them."""
    for some in _chunks(ids):
        notes = turn.notes(actor, "deleteAccount")
        hold_records(turn.mirror, CrmNoun.ACCOUNT, some, to_delete=True)
        contracts = {one.id for one in held_contracts(turn.mirror, *some)}
        hold_records(turn.mirror, CrmNoun.BILLING_CONTRACT, contracts, to_delete=True)
        _unmap(turn, some, notes)
        _detach(turn, _Leaving(frozenset(some), contracts), notes)
        _note_removed(turn, CrmNoun.BILLING_CONTRACT, [*contracts], actor)
        _note_removed(turn, CrmNoun.ACCOUNT, some, actor)
        delete_contracts(turn.mirror, contracts)
        delete_accounts(turn.mirror, some)
    turn.count(taken_over=len(ids))


def remove_contracts(turn: Turn, ids: Sequence[UUID], actor: str) -> None:
    """Remove contracts; the subscriptions on them are on none, as if a user had taken them off."""
    for some in _chunks(ids):
        hold_records(turn.mirror, CrmNoun.BILLING_CONTRACT, some, to_delete=True)
        _detach(turn, _Leaving(frozenset(), frozenset(some)), turn.notes(actor, _DELETE_CONTRACT))
        _note_removed(turn, CrmNoun.BILLING_CONTRACT, some, actor)
        delete_contracts(turn.mirror, some)
    turn.count(taken_over=len(ids))


_DELETE_CONTRACT = "deleteBillingContract"
_ACTIONS = {
    CrmNoun.ACCOUNT: "deleteAccount",
    CrmNoun.BILLING_CONTRACT: _DELETE_CONTRACT,
}


def _unmap(turn: Turn, account_ids: Sequence[UUID], notes: Notes) -> None:
    for old in held_provider_accounts_of(turn.mirror, account_ids):
        new = replace(old, account_id=None)
        update_mapping(turn.mirror, new, turn.now)
        notes.record(old.id, old, new)


def _detach(turn: Turn, leaving: _Leaving, notes: Notes) -> None:
    held = held_subscriptions_on(turn.mirror, leaving.accounts, leaving.contracts)
    decided = {one.id: leaving.without(one) for one in held}
    for one in held:
        notes.note(audited_changes(assignment_of(one), decided[one.id]), target_id=one.id)
    update_assignments(turn.mirror, decided, turn.now)


def _note_removed(turn: Turn, noun: CrmNoun, ids: Sequence[UUID], actor: str) -> None:
    notes = turn.notes(actor, _ACTIONS[noun])
    for record_id, values in record_values(turn.mirror, noun, ids).items():
        changes = tuple(
            audited_change(one.name, values[one.name], None)
            for one in FIELDS[noun]
            if values[one.name] is not None
        )
        notes.note(changes, target_id=record_id)


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
