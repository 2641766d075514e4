"""Taking over accounts, which are the CRM's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.crm.actors import NOBODY
from seatsync.crm.applying import apply_merged, audit_taken, insert_new
from seatsync.crm.merge import nothing_follows
from seatsync.crm.removal import remove_accounts
from seatsync.domain.account import Account

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn


def take_accounts(turn: Turn, page: Page) -> None:
    """Take over what the CRM says of accounts; a first read is not audited."""
    merged = page.merged(turn, page.known, nothing_follows)
    audit_taken(turn, page, merged, "updateAccount", ("name", "domain"))
    apply_merged(turn, page, merged)
    made = [_account(page, one) for one in page.unknown]
    insert_new(turn, page, [_row(turn, one) for one in made])
    if not page.is_first:
        for one in made:
            turn.notes(page.actor(turn, one.id), "createAccount").record(one.id, None, one)
    remove_accounts(turn, page.lost, NOBODY)


def _account(page: Page, account_id: UUID) -> Account:
    """Return a new account; one without a name is called by its id."""
    theirs = page.theirs[account_id]
    name, domain = theirs.get("name"), theirs.get("domain")
    return Account(account_id, str(name or account_id), str(domain) if domain else None)


def _row(turn: Turn, account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "domain": account.domain,
        "created_at": turn.now,
    }
