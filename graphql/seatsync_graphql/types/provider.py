"""Providers: configured connections to distributors."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import strawberry
from strawberry import UNSET

from seatsync.domain.filters import ProviderAccountFilter as ProviderAccountRecords
from seatsync.domain.paging import Window
from seatsync.domain.provider import Provider as ProviderRecord
from seatsync_graphql.batch import Batch
from seatsync_graphql.filters import ProviderAccountFilter, read_filter, window
from seatsync_graphql.nouns import PROVIDER, PROVIDER_ACCOUNT, SYNC_RUN
from seatsync_graphql.paging import Connection
from seatsync_graphql.references import ProviderAccountRef, SyncRunRef
from seatsync_graphql.types.node import of_record
from seatsync_graphql.types.plugin import Plugin
from seatsync_graphql.types.provider_health import ProviderHealth


@strawberry.type
class Provider:
    """A configured connection to a distributor."""

    record: strawberry.Private[ProviderRecord]
    batch: strawberry.Private[Batch[ProviderRecord]]
    key: str = of_record()
    display_name: str = of_record()
    auto_sync: bool = of_record()
    health: ProviderHealth = of_record()

    @strawberry.field
    def plugin(self) -> Plugin:
        """Return the connector that serves it."""
        described = self.batch.context.services.plugins.describe(self.record.plugin)
        return cast("Plugin", described)

    @strawberry.field
    def last_sync_run(self) -> SyncRunRef | None:
        """Return its newest run."""
        by = ("provider", "key")
        runs = self.batch.connection(SYNC_RUN, self.record, by, window=Window(1))
        return next(iter(runs.nodes), None)

    @strawberry.field
    def next_sync_at(self) -> datetime | None:
        """Return when the schedule syncs it next; null while that is switched off."""
        context = self.batch.context
        due = self.batch.once(
            "next_sync_at",
            lambda _: {
                job.key: job.next_run_at
                for job in context.services.read.overview.schedule(context.caller)
                if job.enabled
            },
        )
        return due.get(f"sync:{self.record.key}")

    @strawberry.field
    def accounts(
        self,
        filter_: ProviderAccountFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[ProviderAccountRef]:
        """Return its customers, by name."""
        shown = window(first, after, last, before)
        wanted = read_filter(ProviderAccountRecords, filter_)
        by = ("provider", "key")
        return self.batch.connection(PROVIDER_ACCOUNT, self.record, by, window=shown, wanted=wanted)


PROVIDER.shown_as(Provider)
