"""Moving subscriptions onto contracts and off them by hand, and setting their prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.audit import audited_changes
from seatsync.domain.change import FieldChange, spell
from seatsync.domain.defaults import require_active
from seatsync.domain.moves import (
    Assignment,
    Movable,
    assignment_of,
    decide_move,
    decide_removal,
)
from seatsync.domain.roles import Permission
from seatsync.domain.text import invalid, price
from seatsync.mirror.assignment_changes import (
    invoiced_accounts,
    provider_accounts_of,
    update_assignments,
    update_price,
)
from seatsync.mirror.held import held_contract, held_provider_accounts, held_subscriptions
from seatsync.services.found import found, positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from uuid import UUID

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.roles import Caller
    from seatsync.domain.subscription import Subscription
    from seatsync.mirror.database import Mirror
    from seatsync.services.journal import Journal

_CRM_OWNS_PRICES = (
    "the CRM owns unit prices: set this one there, and the agent follows within one pull, "
    "which is every five minutes unless the schedule says otherwise"
)

Paths = dict["UUID", tuple[str, str]]
"""Where in the input each subscription stands, in the order they were given."""


@dataclass(frozen=True, slots=True)
class AssignmentChanges:
    """What a BILLING caller may do to subscriptions of any provider."""

    journal: Journal

    def assign(
        self, caller: Caller, ids: Sequence[UUID], contract_id: UUID | None
    ) -> list[Subscription]:
        """Move all of the subscriptions onto the contract, or off any; or raise `Refusal`."""
        with self.journal.changing(caller, Permission.BILL, "assignSubscriptions") as notes:
            mirror, paths = self.journal.mirror, positions(ids, "subscriptionIds")
            contract = self._target(contract_id)
            subjects = _movables(mirror, paths)
            moved = _decide_all(subjects, contract, paths)
            for one, assignment in moved.items():
                changes = audited_changes(subjects[one].assignment, assignment)
                notes.note(changes, target_id=one)
            update_assignments(mirror, moved, notes.at)
            return _held_in_order(mirror, paths)

    def set_price(
        self, caller: Caller, ids: Sequence[UUID], amount: Decimal, currency: str
    ) -> list[Subscription]:
        """Set what the customer pays for one unit of each; or raise `Refusal`.

        With a CRM beside the mirror its users alone set prices, so that is refused.
        """
        with self.journal.changing(caller, Permission.BILL, "setSubscriptionPrice") as notes:
            mirror, paths = self.journal.mirror, positions(ids, "subscriptionIds")
            if mirror.feeds_crm:
                raise invalid(_CRM_OWNS_PRICES, ("amount",))
            wanted = price(amount, currency)
            for old in _held_in_order(mirror, paths):
                if old.unit_price != wanted:
                    change = FieldChange("unitPrice", spell(old.unit_price), spell(wanted))
                    notes.note((change,), target_id=old.id)
            update_price(mirror, paths, wanted)
            return _held_in_order(mirror, paths)

    def _target(self, contract_id: UUID | None) -> BillingContract | None:
        if contract_id is None:
            return None
        contract = held_contract(self.journal.mirror, contract_id)
        known = found(contract, "billing contract", contract_id, "billingContractId")
        require_active(known)
        return known


def _decide_all(
    subjects: Mapping[UUID, Movable], contract: BillingContract | None, paths: Paths
) -> dict[UUID, Assignment]:
    """Return the assignments that change."""
    decided = {one: _decide(subject, contract, paths[one]) for one, subject in subjects.items()}
    return {one: new for one, new in decided.items() if new != subjects[one].assignment}


def _decide(
    subject: Movable, contract: BillingContract | None, path: tuple[str, str]
) -> Assignment:
    if contract is None:
        return decide_removal(subject.assignment)
    if subject.assignment.billing_contract_id == contract.id:
        return subject.assignment
    return decide_move(subject, contract, path=path)


def _movables(mirror: Mirror, paths: Paths) -> dict[UUID, Movable]:
    # The provider accounts are held first, as whoever maps one holds it before its subscriptions.
    customers = held_provider_accounts(mirror, provider_accounts_of(mirror, paths))
    invoiced = invoiced_accounts(mirror, paths)
    return {
        one.id: Movable(
            name=one.name,
            assignment=assignment_of(one),
            mapped_account_id=customers[one.provider_account_id].account_id,
            invoiced_account_ids=invoiced.get(one.id, frozenset()),
        )
        for one in _held_in_order(mirror, paths)
    }


def _held_in_order(mirror: Mirror, paths: Paths) -> list[Subscription]:
    known = held_subscriptions(mirror, paths)
    return [found(known.get(one), "subscription", one, *path) for one, path in paths.items()]
