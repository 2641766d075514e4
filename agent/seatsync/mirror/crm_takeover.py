"""Writing what the CRM says: none of it is noted for the CRM, which knows it already.

Every function runs in the session that is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.mirror.codec import decode_uuid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmNoun
    from seatsync.mirror.database import Mirror

Columns = tuple[str, ...]

_BILLED = """
    SELECT s.id, COALESCE(c.account_id, s.account_id) FROM subscription s
    LEFT JOIN billing_contract c ON c.id = s.billing_contract_id
"""


def existing(mirror: Mirror, noun: CrmNoun, ids: Collection[UUID]) -> set[UUID]:
    """Return which of these records the mirror has."""
    if not ids:
        return set()
    listed, params = mirror.in_ids("ids", ids)
    rows = mirror.rows(f"SELECT id FROM {noun} WHERE id IN ({listed})", params)  # noqa: S608
    return {decode_uuid(row[0]) for row in rows}


def write_columns(mirror: Mirror, noun: CrmNoun, changed: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Write the columns that are named of each record, by its id."""
    encode = mirror.codec.encode
    alike: dict[Columns, list[tuple[Any, ...]]] = {}
    for record_id, values in changed.items():
        row = (*map(encode, values.values()), encode(record_id))
        alike.setdefault(tuple(values), []).append(row)
    for columns, rows in alike.items():
        marks = ", ".join(f"{column} = ?" for column in columns)
        mirror.execute_many(f"UPDATE {noun} SET {marks} WHERE id = ?", rows)  # noqa: S608


def insert_records(mirror: Mirror, noun: CrmNoun, records: Sequence[Mapping[str, Any]]) -> None:
    """Add records that all name the same columns; somebody else's of the same key stays."""
    if records:
        encode = mirror.codec.encode
        rows = ([*map(encode, record.values())] for record in records)
        mirror.insert(noun, tuple(records[0]), rows, skip_taken=True)


def currencies_of(mirror: Mirror, contract_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the currencies of contracts, by their ids."""
    listed, params = mirror.in_ids("ids", contract_ids)
    rows = mirror.rows(
        f"SELECT id, currency FROM billing_contract WHERE id IN ({listed})",  # noqa: S608
        params,
    )
    return {decode_uuid(contract_id): currency for contract_id, currency in rows}


def billed_accounts(mirror: Mirror, subscription_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the accounts that subscriptions are billed to now, by subscription."""
    listed, params = mirror.in_ids("ids", subscription_ids)
    rows = mirror.rows(f"{_BILLED} WHERE s.id IN ({listed})", params)
    return {decode_uuid(one): decode_uuid(account) for one, account in rows if account is not None}
