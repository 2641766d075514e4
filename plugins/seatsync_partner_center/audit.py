"""The audit log: which customers' subscriptions may have changed since they were read."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from seatsync.errors import Cancelled, SeatsyncError
from seatsync.sdk.linked_paging import Link
from seatsync_partner_center.folded import read_folded
from seatsync_partner_center.instant import read_instant
from seatsync_partner_center.words import read_guid, word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from seatsync.sdk.context import Clock
    from seatsync_partner_center.api import Api
    from seatsync_partner_center.settings import PartnerCenterSettings

LOG = logging.getLogger(__name__)

OVERLAP = timedelta(days=1)
"""Records are found by day, and nothing says how soon an operation shows: a day is read again."""

CHANGES = frozenset(
    {
        *("createorder", "updateorder", "updatesubscription", "upgradesubscription"),
        *("converttrialsubscription", "createtransfer", "updatetransfer"),
        *("createnewcommercemigration", "manageoverage"),
        *("addcustomer", "removepartnercustomerrelationship", "extendrelationship"),
    }
)
"""The operations after which a customer's subscriptions are read again."""

_HAPPENED = frozenset({"succeeded", "progress"})


class AuditRecord(msgspec.Struct):
    """An audit record, as far as it is read; old and new values may hold personal data."""

    customerid: str | None = None
    operationtype: str | None = None
    operationstatus: str | None = None
    operationdate: str | None = None


class AuditLog:
    """Asks the audit log, and distrusts it: whatever it cannot tell makes a customer due."""

    def __init__(self, api: Api, settings: PartnerCenterSettings, clock: Clock) -> None:
        """Let no customer go unread for longer than the settings allow."""
        self._api = api
        self._clock = clock
        self._longest = timedelta(hours=settings.full_read_hours)

    def due_customers(self, read_at: Mapping[str, datetime]) -> Collection[str] | None:
        """Return the customers to read, or None for all: when the log cannot be read either."""
        now = self._clock.now()
        fresh = {one: at for one, at in read_at.items() if now - at < self._longest}
        due = set(read_at) - set(fresh)
        if not fresh:
            return None
        try:
            return due | self._changed(fresh, now)
        except Cancelled:
            raise
        except (SeatsyncError, msgspec.DecodeError, ValueError) as fault:
            LOG.warning("The audit log cannot be read, so every customer is: %s", fault)
            return None

    def _changed(self, fresh: Mapping[str, datetime], now: datetime) -> set[str]:
        start = (min(fresh.values()) - OVERLAP).date()
        query = f"startDate={start}&endDate={(now + OVERLAP).date()}&size=500"
        first = Link(f"{self._api.origin}/v1/auditrecords?{query}")
        changed: set[str] = set()
        for page in self._api.pages(first, "audit records"):
            changed |= touched([read_folded(raw, AuditRecord) for raw in page], fresh)
        return changed


def touched(records: Iterable[AuditRecord], read_at: Mapping[str, datetime]) -> set[str]:
    """Return the customers with an operation that may have happened after they were read."""
    changing = [
        (read_guid(record.customerid) or "", record)
        for record in records
        if word(record.operationtype) in CHANGES and word(record.operationstatus) in _HAPPENED
    ]
    return {
        customer_id
        for customer_id, record in changing
        if customer_id in read_at and _may_be_later(record, read_at[customer_id])
    }


def _may_be_later(record: AuditRecord, read_at: datetime) -> bool:
    happened = read_instant(record.operationdate)
    return happened is None or happened > read_at - OVERLAP
