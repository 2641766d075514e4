"""Queries about providers and their customers."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import UNSET, Info

from seatsync.domain import filters as records
from seatsync_graphql.context import Context
from seatsync_graphql.filters import ProviderAccountFilter, read_filter, window
from seatsync_graphql.nouns import PROVIDER, PROVIDER_ACCOUNT
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import ProviderAccountRef, ProviderRef
from seatsync_graphql.scalars import identifier
from seatsync_graphql.types.node import resolved
from seatsync_graphql.types.plugin import Plugin


@strawberry.type
class ProviderQueries:
    """Providers, provider accounts, plug-ins."""

    @strawberry.field
    def providers(self, info: Info[Context, None]) -> list[ProviderRef]:
        """Return the configured providers, by key."""
        context = info.context
        return PROVIDER.show_all(context, context.services.read.overview.providers(context.caller))

    @strawberry.field
    def provider(self, info: Info[Context, None], key: str) -> ProviderRef | None:
        """Return one provider."""
        return PROVIDER.find(info.context, key)

    @strawberry.field
    def provider_account(
        self, info: Info[Context, None], id_: strawberry.ID
    ) -> ProviderAccountRef | None:
        """Return one provider account."""
        return PROVIDER_ACCOUNT.find(info.context, identifier(id_))

    @strawberry.field
    def provider_accounts(
        self,
        info: Info[Context, None],
        filter_: ProviderAccountFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[ProviderAccountRef]:
        """Return provider accounts, by name."""
        wanted = read_filter(records.ProviderAccountFilter, filter_)
        return PROVIDER_ACCOUNT.page(info.context, wanted, window(first, after, last, before))

    @resolved("Connector plug-ins installed in this agent, whether configured or not.")
    def plugins(self, info: Info[Context, None]) -> list[Plugin]:
        """Return the installed plug-ins, by name."""
        context = info.context
        return cast("list[Plugin]", context.services.plugins.installed(context.caller))
