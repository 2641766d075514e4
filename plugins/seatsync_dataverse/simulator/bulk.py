"""Bulk messages: `CreateMultiple`, `UpdateMultiple` and `UpsertMultiple`.

Rows of standard tables are written all or none, and a refusal does not say which target it is
about (bulk operations).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.address import Segment, read_reference
from seatsync_dataverse.simulator.exchange import Answer, done, shown
from seatsync_dataverse.simulator.problem import (
    Problem,
    does_not_exist,
    malformed,
    unexpected,
    unknown_segment,
)
from seatsync_dataverse.simulator.writing import id_in

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.row_requests import RowRequests
    from seatsync_dataverse.simulator.table import Table

_SPACE = "Microsoft.Dynamics.CRM."
Target = dict[str, Any]


@dataclass
class Bulk:
    """Answers bulk messages."""

    requests: RowRequests
    most_targets: int | None = None
    """More than these end in a timeout of the database; None for no such end."""

    def answer(self, asked: Asked, table: Table, message: str) -> Answer:
        """Answer a message by its full name; raises `Problem`."""
        targets = self._targets(asked, table)
        match message.removeprefix(_SPACE):
            case "CreateMultiple":
                return self._create(asked, table, targets)
            case "UpdateMultiple":
                for target in targets:
                    self._update(asked, table, target)
                return done()
            case "UpsertMultiple":
                for target in targets:
                    self._upsert(asked, table, target)
                return done()
            case name:
                raise unknown_segment(name)

    def _targets(self, asked: Asked, table: Table) -> list[Target]:
        targets: list[Target] | None = asked.fields().get("Targets")
        is_list = isinstance(targets, list) and all(isinstance(one, dict) for one in targets)
        if not targets or not is_list:
            raise malformed(table.set_name, "Targets are missing.")
        for target in targets:
            if str(target.get("@odata.type", "")).lstrip("#") != f"{_SPACE}{table.logical}":
                raise malformed(table.set_name, "A type named in '@odata.type' is missing.")
        if self.most_targets is not None and len(targets) > self.most_targets:
            raise _timeout()
        return targets

    def _create(self, asked: Asked, table: Table, targets: list[Target]) -> Answer:
        ids = [
            self.requests.create(asked, table, target, id_in(table, target)).row_id
            for target in targets
        ]
        context = f"{asked.base}$metadata#{_SPACE}CreateMultipleResponse"
        return shown({"@odata.context": context, "Ids": ids})

    def _update(self, asked: Asked, table: Table, target: Target) -> None:
        row_id = id_in(table, target)
        row = table.rows.get(row_id or "")
        if row is None:
            raise does_not_exist(table.logical, row_id or "")
        self.requests.update(asked, table, row, target)

    def _upsert(self, asked: Asked, table: Table, target: Target) -> None:
        segment = _addressed(table, target)
        row = self.requests.writer.find(table, segment)
        keys = self.requests.writer.key_values(table, segment)
        if row is not None:
            kept = {name: value for name, value in target.items() if name not in keys}
            self.requests.update(asked, table, row, kept)
            return
        if not keys.keys().isdisjoint(target):
            # Only where the row is not there yet (PowerPlatform-DataverseClient-Python, PR 127).
            raise unexpected()
        self.requests.create(asked, table, target, segment.row_id, keys)


def _addressed(table: Table, target: Target) -> Segment:
    reference = target.get("@odata.id")
    if reference is None:
        row_id = id_in(table, target)
        if row_id is None:
            raise malformed(table.set_name, "A target is neither named by id nor by key.")
        return Segment(table.set_name, row_id)
    segment = read_reference(str(reference))
    if segment.name != table.set_name or not segment.is_one:
        raise malformed(table.set_name, f"'{reference}' is no row of this set.")
    return segment


def _timeout() -> Problem:
    return Problem(
        500,
        "0x80044151",
        "SQL timeout expired. CRM ErrorCode: -2147204783 Sql ErrorCode: -2146232060 Sql Number: -2",
    )
