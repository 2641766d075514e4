"""Likely accounts for provider accounts that are not mapped yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.matching import AccountIndex, AccountMatch
from seatsync.domain.roles import Permission
from seatsync.mirror.accounts import ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from seatsync.domain.provider import ProviderAccount
    from seatsync.domain.roles import Caller
    from seatsync.mirror.database import Mirror


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggests; never maps."""

    mirror: Mirror

    def of(
        self, caller: Caller, customers: Sequence[ProviderAccount], limit: int
    ) -> dict[UUID, list[AccountMatch]]:
        """Return at most `limit` likely accounts of each; none for those that are mapped."""
        caller.require(Permission.READ)
        unmapped = [customer for customer in customers if customer.account_id is None]
        if not unmapped:
            return {}
        with self.mirror.reading():
            index = AccountIndex(ACCOUNTS.reader.read(self.mirror))
        return {
            customer.id: index.suggest(customer.name, customer.domain, limit)
            for customer in unmapped
        }
