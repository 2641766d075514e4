"""Taking over the License Change Log: the agent's own, but for the invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from seatsync.crm.adopting import adopt_all, insert_adopted
from seatsync.crm.applying import apply_merged, audit_taken, leave_alone, put_back
from seatsync.crm.merge import nothing_follows
from seatsync.mirror.crm_takeover import billed_accounts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from seatsync.crm.merge import Merged
    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn

_INVOICE = "invoice_reference"


def take_license_changes(turn: Turn, page: Page) -> None:
    """Take over invoice references, each with the account that it was invoiced to.

    A log that was lost is adopted; a row that a user adds to one that stands would break its sum.
    """
    merged = page.merged(turn, page.known, nothing_follows)
    audit_taken(turn, page, merged, "setInvoiceReference", (_INVOICE,))
    apply_merged(turn, page, merged, _invoiced(turn, page, merged))
    strange = {one for one in page.unknown if not page.is_first and _is_a_users(turn, page, one)}
    adopted = adopt_all(turn, page, [one for one in page.unknown if one not in strange])
    _invoice(turn, [each.row for each in adopted])
    insert_adopted(turn, page, adopted)
    leave_alone(turn, page, dict.fromkeys(strange, "the agent did not make it"))
    put_back(turn, page, page.lost)


def _is_a_users(turn: Turn, page: Page, record_id: UUID) -> bool:
    return page.records[record_id].created_by not in {None, turn.crm.agent_user}


def _invoiced(
    turn: Turn, page: Page, merged: Mapping[UUID, Merged]
) -> dict[UUID, dict[str, UUID | None]]:
    """Return whom the invoices that were taken over were made to."""
    taken = {one: each.taken[_INVOICE] for one, each in merged.items() if _INVOICE in each.taken}
    subscriptions = {one: page.held[one]["subscription_id"] for one in taken}
    accounts = billed_accounts(turn.mirror, _ids(subscriptions.values()))
    return {
        one: {"invoice_account_id": _payer(subscriptions[one], accounts) if invoice else None}
        for one, invoice in taken.items()
    }


def _invoice(turn: Turn, rows: Collection[dict[str, Any]]) -> None:
    """Write down whom the invoices of adopted rows were made to."""
    invoiced = [row["subscription_id"] for row in rows if row[_INVOICE]]
    accounts = billed_accounts(turn.mirror, _ids(invoiced)) if invoiced else {}
    for row in rows:
        payer = _payer(row["subscription_id"], accounts) if row[_INVOICE] else None
        row["invoice_account_id"] = payer


def _payer(subscription_id: object, accounts: Mapping[UUID, UUID]) -> UUID | None:
    return accounts.get(subscription_id) if isinstance(subscription_id, UUID) else None


def _ids(values: Collection[object]) -> set[UUID]:
    return {value for value in values if isinstance(value, UUID)}
