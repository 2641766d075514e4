"""Writing what the CRM owns of a subscription: where it is billed, and at what price."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.outbox import note_values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.money import Money
    from seatsync.domain.moves import Assignment
    from seatsync.mirror.database import Mirror


def update_assignments(
    mirror: Mirror, assignments: Mapping[UUID, Assignment], now: datetime
) -> None:
    """Write account, contract and reason of subscriptions, by their ids."""
    wanted = {one: asdict(assignment) for one, assignment in assignments.items()}
    note_values(mirror, CrmNoun.SUBSCRIPTION, wanted, now)
    encode = mirror.codec.encode
    mirror.execute_many(
        "UPDATE subscription SET account_id = ?, billing_contract_id = ?, unassigned_reason = ?"
        " WHERE id = ?",
        [
            (
                encode(assignment.account_id),
                encode(assignment.billing_contract_id),
                encode(assignment.unassigned_reason),
                encode(subscription_id),
            )
            for subscription_id, assignment in assignments.items()
        ],
    )


def update_price(mirror: Mirror, ids: Collection[UUID], price: Money) -> None:
    """Write what the customer pays for one unit."""
    marks, params = mirror.in_list("id", ids)
    mirror.execute(
        "UPDATE subscription SET unit_price_amount = :amount, unit_price_currency = :currency"  # noqa: S608
        f" WHERE id IN ({marks})",
        {"amount": price.amount, "currency": price.currency, **params},
    )


def provider_accounts_of(mirror: Mirror, ids: Collection[UUID]) -> set[UUID]:
    """Return the provider accounts of subscriptions, so that they can be held first."""
    marks, params = mirror.in_list("id", ids)
    query = f"SELECT DISTINCT provider_account_id FROM subscription WHERE id IN ({marks})"  # noqa: S608
    return {decode_uuid(row[0]) for row in mirror.rows(query, params)}


def invoiced_accounts(mirror: Mirror, ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return, by subscription, the accounts that its License Changes were invoiced to.

    An invoice that does not tell its account was made to that of the contract, else to that
    of the subscription.
    """
    marks, params = mirror.in_list("id", ids)
    found: dict[UUID, set[UUID]] = {}
    for subscription, account in mirror.rows(f"{_INVOICED} AND s.id IN ({marks})", params):
        if account is not None:
            found.setdefault(decode_uuid(subscription), set()).add(decode_uuid(account))
    return {subscription: frozenset(accounts) for subscription, accounts in found.items()}


_INVOICED = """
    SELECT DISTINCT s.id, COALESCE(l.invoice_account_id, c.account_id, s.account_id)
    FROM license_change l JOIN subscription s ON s.id = l.subscription_id
    LEFT JOIN billing_contract c ON c.id = s.billing_contract_id
    WHERE l.invoice_reference IS NOT NULL
"""
