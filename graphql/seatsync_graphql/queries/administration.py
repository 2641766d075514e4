"""Queries about exceptions, settings, the audit log, who is asking, and anything by its id."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import UNSET, Info

from seatsync.domain import filters as records
from seatsync.domain.roles import Permission
from seatsync_graphql.batch import show_all
from seatsync_graphql.context import Context
from seatsync_graphql.filters import AuditFilter, ExceptionFilter, read_filter, window
from seatsync_graphql.nouns import AUDIT_ENTRY, NODES
from seatsync_graphql.paging import Connection
from seatsync_graphql.scalars import identifier, optional_identifier
from seatsync_graphql.types.application_settings import ApplicationSettings
from seatsync_graphql.types.audit_entry import AuditEntry
from seatsync_graphql.types.diagnosis import Diagnosis
from seatsync_graphql.types.node import Node, resolved
from seatsync_graphql.types.sync_exception import ExceptionCount, SyncException
from seatsync_graphql.types.viewer import Viewer


@strawberry.type
class AdministrationQueries:
    """Exceptions, settings, audit log, viewer."""

    @resolved("Any record by its id.")
    def node(self, info: Info[Context, None], id_: strawberry.ID) -> Node | None:
        """Look for the record among every noun that the caller may read."""
        context = info.context
        context.caller.require(Permission.READ)
        record_id = identifier(id_)
        found = (noun.find(context, record_id) for noun in NODES if noun.is_open_to(context))
        return next((node for node in found if node is not None), None)

    @resolved("Who is calling, and what they may do.")
    def viewer(self, info: Info[Context, None]) -> Viewer:
        """Return the caller."""
        caller = info.context.caller
        return Viewer(name=caller.name, roles=sorted(caller.roles))

    @resolved("The Exceptions Dashboard: records whose missing or conflicting data blocks billing.")
    def exceptions(
        self,
        info: Info[Context, None],
        filter_: ExceptionFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[SyncException]:
        """Return the exceptions, kind by kind."""
        context = info.context
        wanted = read_filter(records.ExceptionFilter, filter_)
        shown = window(first, after, last, before)
        page = context.services.read.overview.exceptions(context.caller, wanted, shown)
        return Connection(page=page, nodes=show_all(SyncException, context, page.items))

    @strawberry.field
    def exception_summary(self, info: Info[Context, None]) -> list[ExceptionCount]:
        """Count the exceptions of every kind."""
        counts = info.context.services.read.overview.exception_counts(info.context.caller)
        return [ExceptionCount(kind=kind, count=count) for kind, count in counts.items()]

    @strawberry.field
    def application_settings(self, info: Info[Context, None]) -> ApplicationSettings:
        """Return all switches."""
        settings = info.context.services.read.overview.settings(info.context.caller)
        return ApplicationSettings(record=settings)

    @resolved(
        "Why is this contract (or this one subscription) not as expected?"
        " Runs the troubleshooting checklist."
    )
    def diagnose(
        self,
        info: Info[Context, None],
        billing_contract_id: strawberry.ID,
        subscription_id: strawberry.ID | None = UNSET,
    ) -> Diagnosis:
        """Go through the checks; asks the providers."""
        context = info.context
        contract_id = identifier(billing_contract_id, "billingContractId")
        one = optional_identifier(subscription_id or None, "subscriptionId")
        found = context.services.diagnoses.diagnose(context.caller, contract_id, one)
        return cast("Diagnosis", found)

    @strawberry.field
    def audit_log(
        self,
        info: Info[Context, None],
        filter_: AuditFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[AuditEntry]:
        """Return the audit log, newest first."""
        wanted = read_filter(records.AuditFilter, filter_)
        return AUDIT_ENTRY.page(info.context, wanted, window(first, after, last, before))
