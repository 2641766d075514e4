"""Components of solutions: what a piece of metadata is put into, and how it may be called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.happening import Intent
from seatsync_dataverse.simulator.problem import Problem

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.access import Access
    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.rows import Row
    from seatsync_dataverse.simulator.writing import Writer

_HEADER = "mscrm.solutionuniquename"


@dataclass
class Components:
    """Checks and registers new pieces of metadata."""

    organization: Organization
    writer: Writer
    access: Access

    def check(self, asked: Asked, schema: str, privilege: str) -> None:
        """Raise `Problem` unless a caller has a privilege, and may make something of this name.

        It begins with a publisher's prefix: that of the solution's, if one is named.
        """
        self.demand(asked, privilege)
        publishers = self.organization.tables["publisher"]
        solution = self._solution(asked)
        slot = publishers.columns["customizationprefix"].slot
        prefixes = {
            row.value(slot)
            for row in publishers.rows
            if solution is None or row.row_id == self._publisher_of(solution)
        }
        if schema.partition("_")[0].lower() not in prefixes:
            raise Problem(
                400, "0x80040203", f"{schema} does not begin with a valid customization prefix."
            )

    def demand(self, asked: Asked, privilege: str) -> None:
        """Raise `Problem` unless the caller has a privilege."""
        self.access.demand_named(asked.user_id, privilege)

    def add(self, asked: Asked, object_id: str, kind: int) -> None:
        """Put something new into the solution that the request names, if it names one."""
        solution = self._solution(asked)
        if solution is None:
            return
        values = {"objectid": object_id, "componenttype": kind, "solutionid": solution.row_id}
        table = self.organization.tables["solutioncomponent"]
        self.writer.create(table, values, Intent(asked.user_id, obeys_rules=False))

    def _solution(self, asked: Asked) -> Row | None:
        name = asked.headers.get(_HEADER)
        if name is None:
            return None
        solutions = self.organization.tables["solution"]
        found = solutions.rows.matching(solutions.columns["uniquename"].slot, name)
        if not found:
            raise Problem(400, "0x80048d19", f"There is no solution named {name}.")
        return found[0]

    def _publisher_of(self, solution: Row) -> str | None:
        solutions = self.organization.tables["solution"]
        publisher: str | None = solution.value(solutions.columns["publisherid"].slot)
        return publisher
