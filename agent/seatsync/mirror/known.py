"""What the mirror knows of the records of one batch, loaded as tuples for the planner."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.contract import BillingContract, ContractStatus
from seatsync.domain.plan import KnownCustomer, KnownSubscription
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus, UnassignedReason
from seatsync.mirror.codec import decode_instant, decode_uuid
from seatsync.mirror.rows import RowReader, money, optional

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from seatsync.mirror.database import Mirror

LANDING_CONTRACTS = RowReader(
    table="billing_contract",
    columns=(
        "id",
        "name",
        "account_id",
        "is_default",
        "default_for",
        "billing_policy",
        "billing_frequency",
        "currency",
        "status",
    ),
    decoders={
        0: decode_uuid,
        2: decode_uuid,
        3: bool,
        4: optional(BillingType),
        5: BillingPolicy,
        6: BillingFrequency,
        8: ContractStatus,
    },
    make=BillingContract,
)

_CUSTOMER_COLUMNS = "id, external_id, account_id, sync_enabled"

_SUBSCRIPTION_COLUMNS = """
    s.id, s.provider_account_id, s.account_id, s.billing_contract_id, s.unassigned_reason,
    s.missing_since, s.unreadable_since, s.fingerprint, s.external_id, p.external_id, s.name,
    s.quantity, s.status, s.provider_status, s.billing_type, s.part_number, s.product_name,
    s.unit_type, s.term, s.billing_frequency, s.is_trial, s.auto_renew, s.parent_external_id,
    s.provider_note,
    s.starts_at, s.commitment_ends_at, s.unit_cost_amount, s.unit_cost_currency
"""


def known_customers(
    mirror: Mirror, provider_key: str, external_ids: Collection[str]
) -> dict[str, KnownCustomer]:
    """Return the provider accounts with these external ids, by external id."""
    listed, params = mirror.in_texts("ids", external_ids)
    rows = mirror.rows(
        f"SELECT {_CUSTOMER_COLUMNS} FROM provider_account"  # noqa: S608
        f" WHERE provider_key = :provider_key AND external_id IN ({listed})",
        {"provider_key": provider_key, **params},
    )
    return {row[1]: _customer(row) for row in rows}


def account_customers(
    mirror: Mirror, account_id: UUID, provider_keys: Collection[str] | None
) -> list[tuple[str, KnownCustomer, str]]:
    """Return the provider accounts mapped to an account: provider key, customer and name."""
    rows = mirror.rows(
        f"SELECT {_CUSTOMER_COLUMNS}, provider_key, name FROM provider_account"  # noqa: S608
        " WHERE account_id = :account_id ORDER BY provider_key, external_id",
        {"account_id": account_id},
    )
    return [
        (row[4], _customer(row), row[5])
        for row in rows
        if provider_keys is None or row[4] in provider_keys
    ]


def _customer(row: tuple[Any, ...]) -> KnownCustomer:
    return _known_customer(*row[:4])


@lru_cache(maxsize=16_384)
def _known_customer(
    customer_id: Any, external_id: str, account_id: Any, sync_enabled: Any
) -> KnownCustomer:
    # A run meets the same customers in batch after batch.
    return KnownCustomer(
        decode_uuid(customer_id), external_id, _optional_uuid(account_id), bool(sync_enabled)
    )


def known_subscriptions(
    mirror: Mirror, provider_key: str, external_ids: Collection[str]
) -> tuple[dict[str, KnownSubscription], dict[str, bytes]]:
    """Return the known subscriptions with these external ids, and their stored fingerprints.

    A subscription that could not be read the last time has no fingerprint here.
    """
    listed, params = mirror.in_texts("ids", external_ids)
    rows = mirror.rows(
        f"SELECT {_SUBSCRIPTION_COLUMNS} FROM subscription s"  # noqa: S608
        " JOIN provider_account p ON p.id = s.provider_account_id"
        f" WHERE s.provider_key = :provider_key AND s.external_id IN ({listed})",
        {"provider_key": provider_key, **params},
    )
    fingerprints = {row[8]: bytes(row[7]) for row in rows if row[7] is not None}
    return {row[8]: _subscription(row) for row in rows}, fingerprints


def _subscription(row: tuple[Any, ...]) -> KnownSubscription:
    return KnownSubscription(
        id=decode_uuid(row[0]),
        provider_account_id=decode_uuid(row[1]),
        account_id=_optional_uuid(row[2]),
        contract_id=_optional_uuid(row[3]),
        reason=UnassignedReason(row[4]) if row[4] else None,
        missing_since=_optional_instant(row[5]),
        is_unreadable=row[6] is not None,
        record=_record(*row[8:]),
    )


def _record(  # noqa: PLR0913, PLR0917 - the columns of the row, in order
    external_id: str,
    customer_external_id: str,
    name: str,
    quantity: int,
    status: str,
    provider_status: str,
    billing_type: str,
    part_number: str | None,
    product_name: str | None,
    unit_type: str | None,
    term: str | None,
    billing_frequency: str | None,
    is_trial: Any,
    auto_renew: Any,
    parent_external_id: str | None,
    provider_note: str | None,
    starts_at: Any,
    commitment_ends_at: Any,
    cost_amount: Any,
    cost_currency: str | None,
) -> RemoteSubscription:
    return RemoteSubscription(
        external_id=external_id,
        customer_external_id=customer_external_id,
        name=name,
        quantity=quantity,
        status=SubscriptionStatus(status),
        provider_status=provider_status,
        billing_type=BillingType(billing_type),
        part_number=part_number,
        product_name=product_name,
        unit_type=unit_type,
        term=term,
        billing_frequency=BillingFrequency(billing_frequency) if billing_frequency else None,
        is_trial=bool(is_trial),
        auto_renew=None if auto_renew is None else bool(auto_renew),
        parent_external_id=parent_external_id,
        provider_note=provider_note,
        starts_at=_optional_instant(starts_at),
        commitment_ends_at=_optional_instant(commitment_ends_at),
        unit_cost=money(cost_amount, cost_currency),
    )


def landing_contracts(
    mirror: Mirror, account_ids: Collection[UUID]
) -> dict[UUID, list[BillingContract]]:
    """Return the default contracts of these accounts, by account."""
    marks, params = mirror.in_list("a", account_ids)
    contracts = LANDING_CONTRACTS.read(
        mirror, f"WHERE is_default AND account_id IN ({marks})", params
    )
    found: dict[UUID, list[BillingContract]] = {}
    for contract in contracts:
        found.setdefault(contract.account_id, []).append(contract)
    return found


def _optional_uuid(value: Any) -> UUID | None:
    return None if value is None else decode_uuid(value)


def _optional_instant(value: Any) -> Any:
    return None if value is None else decode_instant(value)
