"""Provider accounts, read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.filters import ProviderAccountFilter
from seatsync.domain.provider import ProviderAccount
from seatsync.mirror.codec import decode_instant, decode_uuid
from seatsync.mirror.keyset import Listing, by_name
from seatsync.mirror.rows import RowReader, optional

if TYPE_CHECKING:
    from seatsync.mirror.conditions import Conditions


def _narrow(conditions: Conditions, wanted: ProviderAccountFilter) -> None:
    conditions.equal("p.provider_key", wanted.provider_key)
    conditions.equal("p.account_id", wanted.account_id)
    conditions.flag("p.account_id IS NOT NULL", wanted.mapped)
    conditions.search(("p.name", "COALESCE(p.domain, '')", "p.external_id"), wanted.search)


PROVIDER_ACCOUNTS: Listing[ProviderAccount, ProviderAccountFilter] = Listing(
    RowReader(
        "provider_account p",
        (
            "p.id",
            "p.provider_key",
            "p.external_id",
            "p.name",
            "p.domain",
            "p.account_id",
            "p.sync_enabled",
            "p.discovered_at",
            "p.last_synced_at",
            "p.last_error",
        ),
        {
            0: decode_uuid,
            5: optional(decode_uuid),
            6: bool,
            7: decode_instant,
            8: optional(decode_instant),
        },
        ProviderAccount,
    ),
    by_name("p"),
    _narrow,
    ProviderAccountFilter(),
    parents={"account": "p.account_id", "provider": "p.provider_key"},
)
"""All provider accounts, by name."""
