"""The Web API: which request is about what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.address import read_address
from seatsync_dataverse.simulator.exchange import Answer, refused, shown
from seatsync_dataverse.simulator.problem import Problem, no_resource, unknown_segment

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.address import Segment
    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.row_requests import RowRequests


@dataclass
class Service:
    """Answers any request below the root."""

    organization: Organization
    rows: RowRequests

    def answer(self, asked: Asked) -> Answer:
        """Answer a request; a write that fails leaves nothing behind."""
        try:
            with self.organization.ledger.atomically():
                return self._route(asked, read_address(asked.path))
        except Problem as problem:
            return refused(problem, asked)

    def _route(self, asked: Asked, segments: list[Segment]) -> Answer:
        if not segments:
            raise no_resource()
        first = segments[0]
        if first.name == "WhoAmI":
            return self._who_am_i(asked)
        table = self.organization.table_of_set(first.name)
        if len(segments) == 1 and first.is_one:
            return self.rows.answer_row(asked, table, first)
        if len(segments) == 1:
            return self.rows.answer_set(asked, table)
        if segments[1].name == "$count" and not first.is_one:
            return self.rows.answer_set(asked, table, counts=True)
        raise unknown_segment(segments[1].name)

    def _who_am_i(self, asked: Asked) -> Answer:
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
