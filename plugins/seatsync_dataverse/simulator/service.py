"""The Web API: which request is about what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.address import read_address
from seatsync_dataverse.simulator.batch import Batch
from seatsync_dataverse.simulator.exchange import ROOT, Answer, refused, shown
from seatsync_dataverse.simulator.problem import Problem, no_resource, unknown_segment

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.simulator.actions import Actions
    from seatsync_dataverse.simulator.address import Segment
    from seatsync_dataverse.simulator.bulk import Bulk
    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.metadata_requests import MetadataRequests
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.row_requests import RowRequests
    from seatsync_dataverse.simulator.table import Table
    from seatsync_dataverse.simulator.traffic import Traffic


@dataclass
class Service:
    """Answers any request below the root."""

    organization: Organization
    rows: RowRequests
    bulk: Bulk
    metadata: MetadataRequests
    actions: Actions
    traffic: Traffic

    def answer(self, asked: Asked) -> Answer:
        """Answer a request; a write that fails leaves nothing behind."""
        try:
            with self.organization.ledger.atomically():
                return self._route(asked, read_address(asked.path))
        except Problem as problem:
            return refused(problem, asked)

    def _route(self, asked: Asked, segments: list[Segment]) -> Answer:
        first = segments[0].name if segments else ""
        if first in self._ways:
            return self._ways[first](asked, segments)
        if not first:
            raise no_resource()
        if self.actions.answers(segments):
            return self.actions.answer(asked, segments)
        return self._of_table(asked, self.organization.table_of_set(first), segments)

    @cached_property
    def _ways(self) -> dict[str, Callable[[Asked, list[Segment]], Answer]]:
        return {
            "$batch": self._batch,
            "WhoAmI": self._who_am_i,
            "EntityDefinitions": self.metadata.answer_entities,
            "RelationshipDefinitions": self.metadata.answer_relationships,
        }

    def _batch(self, asked: Asked, _: list[Segment]) -> Answer:
        if asked.method != "POST":
            raise no_resource()
        return Batch(self._part, self.organization.ledger).answer(asked)

    def _part(self, asked: Asked) -> Answer:
        fault = self.traffic.meet(asked.method, f"{ROOT}{asked.path}", asked.query)
        if fault is not None and fault.replaces:
            return Answer(fault.status, fault.body, dict(fault.headers))
        return self.answer(asked)

    def _of_table(self, asked: Asked, table: Table, segments: list[Segment]) -> Answer:
        first = segments[0]
        if len(segments) == 1 and first.is_one:
            return self.rows.answer_row(asked, table, first)
        if len(segments) == 1:
            return self.rows.answer_set(asked, table)
        second = segments[1].name
        if second == "$count" and not first.is_one:
            return self.rows.answer_set(asked, table, counts=True)
        if second.endswith("Multiple") and asked.method == "POST":
            return self.bulk.answer(asked, table, second)
        raise unknown_segment(second)

    def _who_am_i(self, asked: Asked, _: list[Segment]) -> Answer:
        if asked.method != "GET":
            raise no_resource()
        organization = self.organization
        return shown(
            {
                "@odata.context": f"{asked.base}$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse",
                "BusinessUnitId": organization.business_unit_id,
                "UserId": asked.user_id,
                "OrganizationId": organization.organization_id,
            }
        )
