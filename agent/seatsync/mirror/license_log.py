"""Adding to the License Change Log by hand; a sync writes its own in batches."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.mirror.outbox import note_created

if TYPE_CHECKING:
    from seatsync.domain.license_change import LicenseChange
    from seatsync.mirror.database import Mirror

_INSERT = """
    INSERT INTO license_change (id, subscription_id, event, quantity_delta, quantity_after,
        unit_cost_amount, unit_cost_currency, effective_date, provisioning_status, archived,
        invoice_reference, report_entry_id, created_at)
    VALUES (:id, :subscription_id, :event, :quantity_delta, :quantity_after,
        :unit_cost_amount, :unit_cost_currency, :effective_date, :provisioning_status, :archived,
        :invoice_reference, :report_entry_id, :created_at)
"""


def append_license_change(mirror: Mirror, change: LicenseChange) -> None:
    """Add one row to the log."""
    params = asdict(change)
    del params["unit_cost"]
    cost = change.unit_cost
    mirror.execute(
        _INSERT,
        {
            **params,
            "unit_cost_amount": cost.amount if cost else None,
            "unit_cost_currency": cost.currency if cost else None,
        },
    )
    note_created(mirror, CrmNoun.LICENSE_CHANGE, [change.id], change.created_at)
