"""Writing what a provider says about its customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import provider_account_id
from seatsync.domain.text import storable
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.outbox import note_created, note_values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.mirror.database import Mirror

NOT_LISTED = "The provider no longer lists this customer."

# Reading a customer's subscriptions says nothing about whether the customer is listed.
_READ = f"last_error = CASE WHEN last_error = '{NOT_LISTED}' THEN last_error END"
_LISTED = (
    "UPDATE provider_account SET name = ?, domain = ?, fingerprint = ?,"  # noqa: S608
    f" last_error = CASE WHEN last_error = '{NOT_LISTED}' THEN NULL ELSE last_error END"
    " WHERE id = ?"
)


def accounts_by_domain(mirror: Mirror, domains: Collection[str]) -> dict[str, list[UUID]]:
    """Return the ids of the accounts that have one of these domains, by lower-case domain."""
    listed, params = mirror.in_texts("domains", domains)
    found: dict[str, list[UUID]] = {}
    for account_id, domain in mirror.rows(
        f"SELECT id, lower(domain) FROM account WHERE lower(domain) IN ({listed})",  # noqa: S608
        params,
    ):
        found.setdefault(domain, []).append(decode_uuid(account_id))
    return found


def stored_fingerprints(
    mirror: Mirror, provider_key: str, external_ids: Collection[str]
) -> dict[str, bytes]:
    """Return the fingerprints that customers with these external ids had the last time."""
    listed, params = mirror.in_texts("ids", external_ids)
    rows = mirror.rows(
        "SELECT external_id, fingerprint FROM provider_account"  # noqa: S608
        " WHERE provider_key = :key AND fingerprint IS NOT NULL"
        f" AND external_id IN ({listed})",
        {"key": provider_key, **params},
    )
    return {external_id: bytes(fingerprint) for external_id, fingerprint in rows}


def insert_customers(
    mirror: Mirror,
    provider_key: str,
    customers: Sequence[tuple[RemoteCustomer, bytes, UUID | None]],
    now: datetime,
) -> None:
    """Insert newly discovered customers, with fingerprint and the account they match, if any."""
    uuid, instant = mirror.codec.uuid, mirror.codec.instant(now)
    ids = [provider_account_id(provider_key, one.external_id) for one, _, _ in customers]
    mirror.insert(
        "provider_account",
        (
            "id",
            "provider_key",
            "external_id",
            "name",
            "domain",
            "account_id",
            "sync_enabled",
            "fingerprint",
            "discovered_at",
        ),
        [
            (
                uuid(record_id),
                provider_key,
                customer.external_id,
                customer.name,
                customer.domain,
                uuid(account_id),
                True,
                fingerprint,
                instant,
            )
            for record_id, (customer, fingerprint, account_id) in zip(ids, customers, strict=True)
        ],
    )
    note_created(mirror, CrmNoun.PROVIDER_ACCOUNT, ids, now)


def update_customers(
    mirror: Mirror, customers: Sequence[tuple[UUID, RemoteCustomer, bytes]], now: datetime
) -> None:
    """Write the provider's name and domain of customers that are known."""
    wanted = {one: {"name": c.name, "domain": c.domain} for one, c, _ in customers}
    note_values(mirror, CrmNoun.PROVIDER_ACCOUNT, wanted, now)
    mirror.execute_many(
        _LISTED,
        [
            (customer.name, customer.domain, fingerprint, mirror.codec.uuid(known_id))
            for known_id, customer, fingerprint in customers
        ],
    )


def mark_unlisted(mirror: Mirror, provider_key: str, unseen: AbstractSet[bytes]) -> None:
    """Say of known customers that the provider's complete list no longer shows them."""
    mirror.execute_many(
        f"UPDATE provider_account SET last_error = '{NOT_LISTED}', fingerprint = NULL"  # noqa: S608
        " WHERE provider_key = ? AND fingerprint = ?",
        [(provider_key, fingerprint) for fingerprint in unseen],
    )


def mark_all_synced(mirror: Mirror, provider_key: str, now: datetime) -> None:
    """Say of all customers whose sync is on that their subscriptions have been read completely."""
    mirror.execute(
        f"UPDATE provider_account SET last_synced_at = :now, {_READ}"  # noqa: S608
        " WHERE provider_key = :key AND sync_enabled",
        {"key": provider_key, "now": now},
    )


def mark_synced(mirror: Mirror, customer_ids: Iterable[UUID], now: datetime) -> None:
    """Say of customers that their subscriptions have been read completely."""
    instant, uuid = mirror.codec.instant(now), mirror.codec.uuid
    mirror.execute_many(
        f"UPDATE provider_account SET last_synced_at = ?, {_READ} WHERE id = ?",  # noqa: S608
        [(instant, uuid(customer_id)) for customer_id in customer_ids],
    )


def mark_errors(mirror: Mirror, errors: Mapping[UUID, str]) -> None:
    """Say of customers why they could not be read."""
    mirror.execute_many(
        "UPDATE provider_account SET last_error = ? WHERE id = ?",
        [
            (storable(message), mirror.codec.uuid(customer_id))
            for customer_id, message in errors.items()
        ],
    )
