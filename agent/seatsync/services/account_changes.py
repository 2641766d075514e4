"""Creating accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.account import Account
from seatsync.domain.customer import canonical_domain
from seatsync.domain.ids import new_id
from seatsync.domain.roles import Permission
from seatsync.domain.text import optional_text, required_text
from seatsync.mirror.account_changes import insert_account
from seatsync.services.found import taken

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.roles import Caller
    from seatsync.services.journal import Journal


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """What a BILLING caller may do to accounts."""

    journal: Journal

    def create(
        self,
        caller: Caller,
        *,
        name: str,
        domain: str | None = None,
        account_id: UUID | None = None,
    ) -> Account:
        """Create an account, under the CRM's own id if one is given; raise `Refusal`."""
        with self.journal.changing(caller, Permission.BILL, "createAccount") as notes:
            account = Account(
                id=account_id or new_id(),
                name=required_text(name, "name"),
                domain=canonical_domain(optional_text(domain, "domain")),
            )
            if not insert_account(self.journal.mirror, account, notes.at):
                raise taken("account", account.id)
            notes.record(account.id, None, account)
            return account
