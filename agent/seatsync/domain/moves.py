"""The move rule: which subscriptions may be put on which billing contract by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatsync.domain.subscription import UnassignedReason
from seatsync.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where a subscription is billed: its account and contract, or the reason for none."""

    account_id: UUID | None
    billing_contract_id: UUID | None
    unassigned_reason: UnassignedReason | None


def assignment_of(subscription: Subscription) -> Assignment:
    """Return where a subscription is billed now."""
    return Assignment(
        subscription.account_id,
        subscription.billing_contract_id,
        subscription.unassigned_reason,
    )


@dataclass(frozen=True, slots=True)
class Movable:
    """What the rule looks at.

    `invoiced_account_ids` are the accounts that its License Changes were billed to.
    """

    name: str
    assignment: Assignment
    mapped_account_id: UUID | None
    invoiced_account_ids: frozenset[UUID] = frozenset()


def decide_move(subject: Movable, contract: BillingContract, *, path: Sequence[str]) -> Assignment:
    """Return the assignment after a move onto an active contract.

    Raises `Refusal`, about `path`: ACCOUNT_MISMATCH or INVOICE_REFERENCE_CONFLICT.
    """
    if contract.account_id not in {subject.assignment.account_id, subject.mapped_account_id}:
        raise Refusal(
            "ACCOUNT_MISMATCH",
            f"{subject.name} belongs to another account than the contract {contract.name}, "
            "and its provider account is not mapped to that account",
            path=path,
        )
    if subject.invoiced_account_ids - {contract.account_id}:
        raise Refusal(
            "INVOICE_REFERENCE_CONFLICT",
            f"license changes of {subject.name} carry an invoice reference of another account "
            f"than that of the contract {contract.name}",
            path=path,
        )
    return Assignment(contract.account_id, contract.id, None)


def decide_removal(assignment: Assignment) -> Assignment:
    """Return the assignment after taking a subscription off its contract by hand.

    What is on no contract keeps the reason that it has.
    """
    if assignment.billing_contract_id is None:
        return assignment
    return replace(
        assignment,
        billing_contract_id=None,
        unassigned_reason=UnassignedReason.UNASSIGNED_BY_USER,
    )
