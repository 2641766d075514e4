"""The License Change Log, read page by page."""

from __future__ import annotations

from typing import Any

from seatsync.domain.filters import Anything
from seatsync.domain.license_change import LicenseChange, LicenseChangeEvent, ProvisioningStatus
from seatsync.mirror.codec import decode_date, decode_instant, decode_uuid
from seatsync.mirror.keyset import Listing, newest_first
from seatsync.mirror.rows import RowReader, money, optional


def _change(*values: Any) -> LicenseChange:
    record: tuple[Any, ...] = (*values[:5], money(*values[5:7]), *values[7:])
    return LicenseChange(*record)


LICENSE_CHANGES: Listing[LicenseChange, Anything] = Listing(
    RowReader(
        "license_change l",
        (
            "l.id",
            "l.subscription_id",
            "l.event",
            "l.quantity_delta",
            "l.quantity_after",
            "l.unit_cost_amount",
            "l.unit_cost_currency",
            "l.effective_date",
            "l.provisioning_status",
            "l.archived",
            "l.invoice_reference",
            "l.report_entry_id",
            "l.created_at",
        ),
        {
            0: decode_uuid,
            1: decode_uuid,
            2: LicenseChangeEvent,
            7: decode_date,
            8: ProvisioningStatus,
            9: bool,
            11: optional(decode_uuid),
            12: decode_instant,
        },
        _change,
    ),
    newest_first("l"),
    lambda *_: None,
    Anything(),
    parents={"subscription": "l.subscription_id"},
)
"""All license changes, the newest first."""
