"""Single records read in order to be changed, locked until the commit where rows can be.

SQLite has one writer at a time, so a writing session holds everything. On PostgreSQL rows are
locked, always in this order, so that no two sessions wait for each other: account, contract,
provider account, subscription.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from seatsync.mirror.accounts import ACCOUNTS
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.contracts import CONTRACTS
from seatsync.mirror.provider_accounts import PROVIDER_ACCOUNTS
from seatsync.mirror.subscriptions import SUBSCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from seatsync.domain.account import Account
    from seatsync.domain.contract import BillingContract
    from seatsync.domain.crm import CrmNoun
    from seatsync.domain.provider import ProviderAccount
    from seatsync.domain.subscription import RemoteSubscription, Subscription
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.keyset import Listing

T = TypeVar("T")


def held_account(mirror: Mirror, account_id: UUID) -> Account | None:
    """Return one account, or None."""
    return _held(ACCOUNTS, mirror, [account_id]).get(account_id)


def held_contract(mirror: Mirror, contract_id: UUID) -> BillingContract | None:
    """Return one contract, or None."""
    return _held(CONTRACTS, mirror, [contract_id]).get(contract_id)


def account_of_contract(mirror: Mirror, contract_id: UUID) -> UUID | None:
    """Return the account of a contract, so that it can be held before the contract."""
    query = "SELECT account_id FROM billing_contract WHERE id = :id"
    rows = mirror.rows(query, {"id": contract_id})
    return decode_uuid(rows[0][0]) if rows else None


def held_contracts(mirror: Mirror, *account_ids: UUID) -> list[BillingContract]:
    """Return every contract of these accounts."""
    listed, params = mirror.in_ids("owners", account_ids)
    query = f"SELECT id FROM billing_contract WHERE account_id IN ({listed})"  # noqa: S608
    return list(_held(CONTRACTS, mirror, _ids(mirror, query, params)).values())


def held_provider_account(mirror: Mirror, provider_account_id: UUID) -> ProviderAccount | None:
    """Return one provider account, or None."""
    return held_provider_accounts(mirror, [provider_account_id]).get(provider_account_id)


def held_provider_accounts(mirror: Mirror, ids: Collection[UUID]) -> dict[UUID, ProviderAccount]:
    """Return those of the provider accounts that exist, by id."""
    return _held(PROVIDER_ACCOUNTS, mirror, ids)


def held_subscriptions(mirror: Mirror, ids: Collection[UUID]) -> dict[UUID, Subscription]:
    """Return those of the subscriptions that exist, by id."""
    return _held(SUBSCRIPTIONS, mirror, ids)


def held_subscriptions_of(
    mirror: Mirror, provider_account_ids: Collection[UUID]
) -> list[Subscription]:
    """Return every subscription of these provider accounts."""
    listed, params = mirror.in_ids("owners", provider_account_ids)
    query = f"SELECT id FROM subscription WHERE provider_account_id IN ({listed})"  # noqa: S608
    return list(_held(SUBSCRIPTIONS, mirror, _ids(mirror, query, params)).values())


def hold_records(
    mirror: Mirror, noun: CrmNoun, ids: Collection[UUID], *, to_delete: bool = False
) -> None:
    """Hold those of the records that exist; `to_delete` lets nobody refer to them any more."""
    if ids and not mirror.is_sqlite:
        listed, params = mirror.in_ids("ids", ids)
        lock = "UPDATE" if to_delete else "NO KEY UPDATE"
        mirror.rows(
            f"SELECT id FROM {noun} WHERE id IN ({listed}) ORDER BY id FOR {lock}",  # noqa: S608
            params,
        )


def hold_listed(
    mirror: Mirror,
    records: Mapping[str, Iterable[RemoteSubscription]],
    owners: Collection[str] = (),
) -> None:
    """Hold the known customers and subscriptions that listed records are about, by provider key.

    What a sync has read of them then still holds when it writes: nobody maps or moves them
    in between. `owners` are further customers of these providers, by external id.
    """
    if mirror.is_sqlite:
        return
    listed = {key: list(of_provider) for key, of_provider in records.items()}
    customers = {
        key: {*owners, *(one.customer_external_id for one in of)} for key, of in listed.items()
    }
    subscriptions = {key: {one.external_id for one in of} for key, of in listed.items()}
    _hold(mirror, "provider_account", customers)
    _hold(mirror, "subscription", subscriptions)


def _hold(mirror: Mirror, table: str, external_ids: Mapping[str, Iterable[str]]) -> None:
    alternatives = []
    params: dict[str, str] = {}
    for index, (key, ids) in enumerate(external_ids.items()):
        marks, named = mirror.in_list(f"id{index}_", ids)
        alternatives.append(f"(provider_key = :key{index} AND external_id IN ({marks}))")
        params |= named | {f"key{index}": key}
    condition = " OR ".join(alternatives) or "FALSE"
    mirror.rows(
        f"SELECT id FROM {table} WHERE {condition} ORDER BY id FOR NO KEY UPDATE",  # noqa: S608
        params,
    )


def _ids(mirror: Mirror, query: str, params: Mapping[str, Any]) -> list[UUID]:
    return [decode_uuid(row[0]) for row in mirror.rows(query, params)]


def _held(listing: Listing[T, Any], mirror: Mirror, ids: Collection[UUID]) -> dict[UUID, T]:
    column = listing.order.columns[-1]
    alias, _, _ = column.partition(".")
    listed, params = mirror.in_ids("ids", ids)
    # Rows that refer to a locked one may still be written: that takes a weaker lock.
    lock = "" if mirror.is_sqlite else f" FOR NO KEY UPDATE OF {alias}"
    rest = f"WHERE {column} IN ({listed}) ORDER BY {column}{lock}"
    records: list[Any] = listing.reader.read(mirror, rest, params)
    return {record.id: record for record in records}
