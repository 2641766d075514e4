"""Live updates: what is asked for once and answered whenever it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import strawberry
from strawberry import UNSET, Info

from seatsync.domain.filters import SyncReportFilter as SyncReportRecords
from seatsync.services.following import JobTail, ReportTail
from seatsync_graphql.context import Context
from seatsync_graphql.filters import SyncReportFilter, read_filter
from seatsync_graphql.nouns import JOB, SYNC_REPORT_ENTRY
from seatsync_graphql.references import JobRef, SyncReportEntryRef
from seatsync_graphql.scalars import identifier
from seatsync_graphql.types.node import followed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatsync_graphql.batch import Noun

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

PACE_S = 0.3
"""How long to wait before looking again."""


class Tail(Protocol[R_co]):
    """Something that goes on."""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        ...

    def poll(self) -> Sequence[R_co]:
        """Return what is new since the last time."""
        ...


class _Following(Generic[R]):
    """Shows what a tail yields, record by record."""

    def __init__(self, context: Context, tail: Tail[R], noun: Noun[R, Any]) -> None:
        self._context = context
        self._tail = tail
        self._noun = noun

    async def updates(self) -> AsyncGenerator[Any, None]:
        while True:
            for record in await self._context.in_thread(self._tail.poll):
                yield self._noun.show(self._context, record)
            if self._tail.has_ended:
                return
            await asyncio.sleep(PACE_S)


@strawberry.type(
    description="The root of GraphQL subscriptions; named so because a Subscription here is"
    " what a customer buys."
)
class LiveUpdates:
    """What can be followed."""

    @followed("The job now, then at every change, until it has ended.")
    async def job(
        self, info: Info[Context, None], id_: strawberry.ID
    ) -> AsyncGenerator[JobRef, None]:
        """Follow a job to its end."""
        context = info.context
        tail = JobTail(context.services.read, context.caller, identifier(id_))
        async for update in _Following(context, tail, JOB).updates():
            yield update

    @followed("Report entries as they are written.")
    async def sync_report(
        self, info: Info[Context, None], filter_: SyncReportFilter | None = UNSET
    ) -> AsyncGenerator[SyncReportEntryRef, None]:
        """Follow the report until the client leaves."""
        context = info.context
        wanted = read_filter(SyncReportRecords, filter_)
        tail = ReportTail(context.services.read, context.caller, wanted)
        async for update in _Following(context, tail, SYNC_REPORT_ENTRY).updates():
            yield update
