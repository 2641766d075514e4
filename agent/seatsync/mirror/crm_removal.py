"""Removing what the CRM does not have any more: accounts and billing contracts.

Every function runs in the session that is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.held import held_provider_accounts, held_subscriptions
from seatsync.mirror.pending import drop

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from seatsync.domain.provider import ProviderAccount
    from seatsync.domain.subscription import Subscription
    from seatsync.mirror.database import Mirror


def held_provider_accounts_of(
    mirror: Mirror, account_ids: Collection[UUID]
) -> list[ProviderAccount]:
    """Return every provider account that is mapped to one of these accounts."""
    listed, params = mirror.in_ids("ids", account_ids)
    rows = mirror.rows(
        f"SELECT id FROM provider_account WHERE account_id IN ({listed})",  # noqa: S608
        params,
    )
    return [*held_provider_accounts(mirror, [decode_uuid(row[0]) for row in rows]).values()]


def held_subscriptions_on(
    mirror: Mirror, account_ids: Collection[UUID], contract_ids: Collection[UUID]
) -> list[Subscription]:
    """Return every subscription of one of these accounts, or on one of these contracts."""
    accounts, of_accounts = mirror.in_ids("accounts", account_ids)
    contracts, of_contracts = mirror.in_ids("contracts", contract_ids)
    rows = mirror.rows(
        f"SELECT id FROM subscription WHERE account_id IN ({accounts})"  # noqa: S608
        f" OR billing_contract_id IN ({contracts})",
        {**of_accounts, **of_contracts},
    )
    return [*held_subscriptions(mirror, [decode_uuid(row[0]) for row in rows]).values()]


def delete_accounts(mirror: Mirror, ids: Collection[UUID]) -> None:
    """Delete accounts that nothing refers to any more, and what waits to be told of them."""
    _delete(mirror, CrmNoun.ACCOUNT, ids)


def delete_contracts(mirror: Mirror, ids: Collection[UUID]) -> None:
    """Delete contracts that no subscription is on; the runs that were made from them stay."""
    listed, params = mirror.in_ids("ids", ids)
    mirror.execute(
        "UPDATE sync_run SET billing_contract_id = NULL"  # noqa: S608
        f" WHERE billing_contract_id IN ({listed})",
        params,
    )
    _delete(mirror, CrmNoun.BILLING_CONTRACT, ids)


def _delete(mirror: Mirror, noun: CrmNoun, ids: Collection[UUID]) -> None:
    listed, params = mirror.in_ids("ids", ids)
    mirror.execute(f"DELETE FROM {noun} WHERE id IN ({listed})", params)  # noqa: S608
    drop(mirror, noun, ids)
