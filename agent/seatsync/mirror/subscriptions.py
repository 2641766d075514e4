"""Subscriptions, read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.domain.filters import SubscriptionFilter
from seatsync.domain.subscription import Subscription, SubscriptionStatus, UnassignedReason
from seatsync.mirror.codec import decode_instant, decode_uuid
from seatsync.mirror.conditions import Conditions
from seatsync.mirror.keyset import Listing, by_name
from seatsync.mirror.rows import RowReader, money, optional

if TYPE_CHECKING:
    from collections.abc import Collection

    from seatsync.mirror.database import Mirror

# A row is written only when it changes; what was read and found unchanged carries the instant
# of its provider account, unless the provider did not list it, or it could not be read.
_LAST_SYNCED_AT = (
    "CASE WHEN s.missing_since IS NULL AND s.unreadable_since IS NULL"
    " AND p.last_synced_at > s.last_synced_at THEN p.last_synced_at ELSE s.last_synced_at END"
)


def _subscription(*values: Any) -> Subscription:
    amounts = money(*values[23:25]), money(*values[25:27])
    record: tuple[Any, ...] = (*values[:23], *amounts, *values[27:])
    return Subscription(*record)


_READER = RowReader(
    # An outer join, which PostgreSQL leaves out where nothing of it is needed: to count.
    "subscription s LEFT JOIN provider_account p ON p.id = s.provider_account_id",
    (
        "s.id",
        "s.provider_key",
        "s.provider_account_id",
        "s.account_id",
        "s.billing_contract_id",
        "s.unassigned_reason",
        "s.external_id",
        "s.name",
        "s.quantity",
        "s.status",
        "s.provider_status",
        "s.billing_type",
        "s.part_number",
        "s.product_name",
        "s.unit_type",
        "s.term",
        "s.billing_frequency",
        "s.is_trial",
        "s.auto_renew",
        "s.parent_external_id",
        "s.provider_note",
        "s.starts_at",
        "s.commitment_ends_at",
        "s.unit_cost_amount",
        "s.unit_cost_currency",
        "s.unit_price_amount",
        "s.unit_price_currency",
        "s.discovered_at",
        _LAST_SYNCED_AT,
        "s.missing_since",
    ),
    {
        0: decode_uuid,
        2: decode_uuid,
        3: optional(decode_uuid),
        4: optional(decode_uuid),
        5: optional(UnassignedReason),
        9: SubscriptionStatus,
        11: BillingType,
        16: optional(BillingFrequency),
        17: bool,
        18: optional(bool),
        21: optional(decode_instant),
        22: optional(decode_instant),
        27: decode_instant,
        28: decode_instant,
        29: optional(decode_instant),
    },
    _subscription,
)

_SEARCHED = (
    "s.name",
    "COALESCE(s.product_name, '')",
    "COALESCE(s.part_number, '')",
    "s.external_id",
)


def _narrow(conditions: Conditions, wanted: SubscriptionFilter) -> None:
    conditions.equal("s.account_id", wanted.account_id)
    conditions.equal("s.billing_contract_id", wanted.billing_contract_id)
    conditions.equal("s.provider_key", wanted.provider_key)
    conditions.equal("s.provider_account_id", wanted.provider_account_id)
    conditions.equal("s.status", wanted.status)
    conditions.equal("s.billing_type", wanted.billing_type)
    conditions.flag("s.billing_contract_id IS NULL", wanted.unassigned)
    conditions.flag("s.missing_since IS NOT NULL", wanted.missing)
    conditions.search(_SEARCHED, wanted.search)


SUBSCRIPTIONS: Listing[Subscription, SubscriptionFilter] = Listing(
    _READER,
    by_name("s"),
    _narrow,
    SubscriptionFilter(),
    parents={
        "account": "s.account_id",
        "contract": "s.billing_contract_id",
        "provider_account": "s.provider_account_id",
    },
)
"""All subscriptions, by name."""


def subscriptions_by_external_id(
    mirror: Mirror, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Subscription]:
    """Return the subscriptions of these provider keys and provider's own ids that exist."""
    conditions = Conditions(mirror)
    conditions.among("s.provider_key", {provider for provider, _ in keys})
    conditions.among("s.external_id", {external_id for _, external_id in keys})
    found = _READER.read(mirror, conditions.where, conditions.params)
    by_key = {(one.provider_key, one.external_id): one for one in found}
    return {key: by_key[key] for key in keys if key in by_key}
