"""Mapping provider accounts to accounts, and switching their sync."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatsync.crm.carry_along import carry_along
from seatsync.domain.provider import MANUAL_PROVIDER_KEY
from seatsync.domain.roles import Permission
from seatsync.domain.text import invalid
from seatsync.mirror.held import (
    held_account,
    held_contracts,
    held_provider_account,
)
from seatsync.mirror.mapping_changes import update_mapping
from seatsync.services.found import found

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.provider import ProviderAccount
    from seatsync.domain.roles import Caller
    from seatsync.services.journal import Journal


@dataclass(frozen=True, slots=True)
class MappingChanges:
    """What a PROVISIONING caller may do to provider accounts."""

    journal: Journal

    def map(
        self, caller: Caller, provider_account_id: UUID, account_id: UUID | None
    ) -> ProviderAccount:
        """Map a provider account, or unmap it with None; raise `Refusal`.

        Its subscriptions get the account, and those whose landing waited for it land now.
        Mapping to the same account again mends what did not follow, and changes nothing else.
        """
        with self.journal.changing(caller, Permission.MAP, "mapProviderAccount") as notes:
            contracts = self._contracts(account_id)
            old = self._held(provider_account_id)
            new = replace(old, account_id=account_id)
            update_mapping(self.journal.mirror, new, notes.at)
            notes.record(new.id, old, new)
            carry_along(self.journal.mirror, {new.id: account_id}, contracts, notes)
            return new

    def set_sync(
        self, caller: Caller, provider_account_id: UUID, *, sync_enabled: bool
    ) -> ProviderAccount:
        """Switch whether the subscriptions of a provider account are synced; raise `Refusal`."""
        with self.journal.changing(caller, Permission.MAP, "setProviderAccountSync") as notes:
            old = self._held(provider_account_id)
            new = replace(old, sync_enabled=sync_enabled)
            update_mapping(self.journal.mirror, new, notes.at)
            notes.record(new.id, old, new)
            return new

    def _contracts(self, account_id: UUID | None) -> list[BillingContract]:
        """Hold the account, before anything else, and return its contracts."""
        if account_id is None:
            return []
        mirror = self.journal.mirror
        found(held_account(mirror, account_id), "account", account_id, "accountId")
        return held_contracts(mirror, account_id)

    def _held(self, provider_account_id: UUID) -> ProviderAccount:
        record = held_provider_account(self.journal.mirror, provider_account_id)
        known = found(record, "provider account", provider_account_id, "providerAccountId")
        if known.provider_key == MANUAL_PROVIDER_KEY:
            raise invalid(
                "what is kept by hand belongs to its account, and is never synced",
                ("providerAccountId",),
            )
        return known
