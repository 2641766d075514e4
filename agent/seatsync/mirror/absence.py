"""Marking subscriptions that a complete listing no longer shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.change import FieldChange, spell
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id
from seatsync.domain.report import SyncChange
from seatsync.mirror.codec import decode_uuid, encode_changes
from seatsync.mirror.listed_pages import forget_pages
from seatsync.mirror.outbox import note_changed
from seatsync.mirror.subscription_writes import ENTRY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from seatsync.mirror.database import Mirror


def count_present(mirror: Mirror, provider_key: str) -> int:
    """Return how many of a provider's subscriptions are known and not missing."""
    rows = mirror.rows(
        "SELECT count(*) FROM subscription WHERE provider_key = :key AND missing_since IS NULL",
        {"key": provider_key},
    )
    count: int = rows[0][0]
    return count


def mark_missing(
    mirror: Mirror, run_id: UUID, provider_key: str, ids: Sequence[UUID], now: datetime
) -> int:
    """Mark subscriptions missing and enter it into the report; return how many were not before.

    Runs in the current session; a subscription that is marked already is left alone.
    """
    marks, params = mirror.in_list("s", ids)
    rows = mirror.rows(
        "SELECT id, external_id, name, provider_account_id, account_id, billing_contract_id"  # noqa: S608
        f" FROM subscription WHERE missing_since IS NULL AND id IN ({marks})",
        params,
    )
    instant = mirror.codec.instant(now)
    forget_pages(mirror, provider_key)
    missing = {decode_uuid(row[0]): ("missing_since",) for row in rows}
    note_changed(mirror, CrmNoun.SUBSCRIPTION, missing, now)
    mirror.execute_many(
        "UPDATE subscription SET missing_since = ?, fingerprint = NULL WHERE id = ?",
        [(instant, row[0]) for row in rows],
    )
    changes = encode_changes((FieldChange("missingSince", None, spell(now)),))
    entry = _entry_maker(mirror, run_id, provider_key, changes, instant)
    mirror.insert("report_entry", ENTRY_COLUMNS, [entry(row) for row in rows])
    return len(rows)


def _entry_maker(
    mirror: Mirror, run_id: UUID, provider_key: str, changes: str, instant: Any
) -> Any:
    uuid = mirror.codec.uuid

    def entry(row: tuple[Any, ...]) -> tuple[Any, ...]:
        subscription_id, external_id, name, provider_account_id, account_id, contract_id = row
        return (
            uuid(new_id()),
            uuid(run_id),
            provider_key,
            SyncChange.MISSING.value,
            subscription_id,
            external_id,
            name,
            provider_account_id,
            account_id,
            contract_id,
            changes,
            None,
            None,
            instant,
        )

    return entry


def absent_of_customers(
    mirror: Mirror, provider_key: str, customer_ids: Collection[UUID], listed: Collection[str]
) -> list[UUID]:
    """Return the present subscriptions of these customers that are not among the listed ones."""
    marks, params = mirror.in_list("c", customer_ids)
    rows = mirror.rows(
        "SELECT id, external_id FROM subscription WHERE provider_key = :key"  # noqa: S608
        f" AND missing_since IS NULL AND provider_account_id IN ({marks})",
        {"key": provider_key, **params},
    )
    return [decode_uuid(row[0]) for row in rows if row[1] not in listed]
