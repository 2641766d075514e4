"""The Subscription Sync Report, read page by page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from seatsync.domain.filters import SyncReportFilter
from seatsync.domain.report import ReportEntry, SyncChange
from seatsync.domain.subscription import UnassignedReason
from seatsync.mirror.codec import decode_changes, decode_instant, decode_uuid
from seatsync.mirror.keyset import Listing, newest_first
from seatsync.mirror.rows import RowReader, optional

if TYPE_CHECKING:
    from seatsync.mirror.conditions import Conditions


def _narrow(conditions: Conditions, wanted: SyncReportFilter) -> None:
    conditions.equal("e.run_id", wanted.run_id)
    conditions.equal("e.provider_key", wanted.provider_key)
    conditions.equal("e.account_id", wanted.account_id)
    conditions.equal("e.billing_contract_id", wanted.billing_contract_id)
    conditions.equal("e.subscription_id", wanted.subscription_id)
    conditions.equal("e.change_kind", wanted.change)
    conditions.period("e.occurred_at", wanted.since, wanted.until)
    if wanted.trigger is not None:
        mark = conditions.value(wanted.trigger)
        conditions.require(
            f"e.run_id IN (SELECT id FROM sync_run WHERE trigger_kind = {mark})"  # noqa: S608
        )
    if wanted.field is not None:
        conditions.contains("e.field_changes", f"[{json.dumps(wanted.field)},")


REPORT: Listing[ReportEntry, SyncReportFilter] = Listing(
    RowReader(
        "report_entry e",
        (
            "e.id",
            "e.run_id",
            "e.provider_key",
            "e.change_kind",
            "e.subscription_id",
            "e.external_id",
            "e.subscription_name",
            "e.provider_account_id",
            "e.billing_contract_id",
            "e.field_changes",
            "e.unassigned_reason",
            "e.message",
            "e.occurred_at",
        ),
        {
            0: decode_uuid,
            1: decode_uuid,
            3: SyncChange,
            4: optional(decode_uuid),
            7: optional(decode_uuid),
            8: optional(decode_uuid),
            9: decode_changes,
            10: optional(UnassignedReason),
            12: decode_instant,
        },
        ReportEntry,
    ),
    newest_first("e"),
    _narrow,
    SyncReportFilter(),
    parents={"run": "e.run_id", "subscription": "e.subscription_id"},
)
"""All report entries, the newest first."""
