"""Provider accounts: customers as providers know them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry
from strawberry import UNSET

from seatsync.domain.matching import AccountMatch as AccountMatchRecord
from seatsync.domain.provider import ProviderAccount as ProviderAccountRecord
from seatsync_graphql.batch import Batch, show_groups
from seatsync_graphql.filters import window
from seatsync_graphql.nouns import ACCOUNT, PROVIDER, PROVIDER_ACCOUNT, SUBSCRIPTION
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import AccountRef, ProviderRef, SubscriptionRef
from seatsync_graphql.types.node import Node, of_record, resolved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


@strawberry.type
class AccountMatch:
    """A likely account of a provider's customer."""

    record: strawberry.Private[AccountMatchRecord]
    batch: strawberry.Private[Batch[AccountMatchRecord]]
    score: float = of_record("0 to 1.")
    reason: str = of_record()

    @strawberry.field
    def account(self) -> AccountRef:
        """Return the account."""
        return self.batch.once("accounts", self._accounts)[self.record.account.id]

    def _accounts(self, matches: Sequence[AccountMatchRecord]) -> dict[UUID, AccountRef]:
        accounts = {match.account.id: match.account for match in matches}
        shown = ACCOUNT.show_all(self.batch.context, list(accounts.values()))
        return dict(zip(accounts, shown, strict=True))


@strawberry.type(description="The mapping between a provider's customer and a CRM account.")
class ProviderAccount(Node):
    """The mapping between a provider's customer and a CRM account."""

    record: strawberry.Private[ProviderAccountRecord]
    batch: strawberry.Private[Batch[ProviderAccountRecord]]
    external_id: str = of_record("The provider's own id for the customer.")
    name: str = of_record()
    domain: str | None = of_record()
    sync_enabled: bool = of_record("Subscriptions are synced only while this is on.")
    discovered_at: datetime = of_record()
    last_synced_at: datetime | None = of_record()
    last_error: str | None = of_record()

    @strawberry.field
    def provider(self) -> ProviderRef:
        """Return the connection it was read through."""
        return self.batch.one(PROVIDER, self.record, "provider_key")

    @strawberry.field
    def account(self) -> AccountRef | None:
        """Return the account that it is mapped to."""
        return self.batch.optional(ACCOUNT, self.record, "account_id")

    @resolved("Likely accounts, best first; empty once mapped.")
    def suggestions(self, first: int | None = 3) -> list[AccountMatch]:
        """Return at most `first` likely accounts."""
        shown = window(first, None, None, None)
        found = self.batch.once(("suggestions", first), lambda _: self._suggest(shown.size))
        return found.get(self.record.id, [])

    def _suggest(self, limit: int) -> dict[UUID, list[AccountMatch]]:
        context = self.batch.context
        suggestions = context.services.read.suggestions
        found = suggestions.of(context.caller, self.batch.records, limit)
        return show_groups(AccountMatch, context, found)

    @strawberry.field
    def subscriptions(
        self,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SubscriptionRef]:
        """Return what the customer holds, by name."""
        shown = window(first, after, last, before)
        by = ("provider_account", "id")
        return self.batch.connection(SUBSCRIPTION, self.record, by, window=shown)


PROVIDER_ACCOUNT.shown_as(ProviderAccount)
