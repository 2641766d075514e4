"""One write to one row: its address, what it demands, and what an answer to it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from seatsync.errors import AnswerUnreadable
from seatsync_dataverse.odata import query
from seatsync_dataverse.payload import ETAG, read, row_decoder
from seatsync_dataverse.rows import read_id
from seatsync_dataverse.value import holds
from seatsync_dataverse.written import Outcome, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    import httpx

    from seatsync_dataverse.payload import Row
    from seatsync_dataverse.table_ref import TableRef
    from seatsync_dataverse.value import Value

TAG = "seatsync"
"""Marks a write as the agent's: plug-ins and webhooks see it (optional parameters, `tag`)."""


@dataclass(frozen=True, slots=True)
class RowWrite:
    """A PATCH to one row; `find` reads the row back, wherever its address leads.

    `row_id` is None where only an alternate key is known. With `is_told` the service answers with
    the key and the entity tag, which costs it one more read.
    """

    table: TableRef
    path: str
    find: Callable[[Sequence[str]], Row | None]
    values: Mapping[str, Value]
    outcome: Outcome
    row_id: UUID | None = None
    precondition: Mapping[str, str] = field(default_factory=dict)
    is_told: bool = False

    @property
    def address(self) -> str:
        """Where it is sent."""
        select = self.table.primary_id if self.is_told else None
        return query(self.path, select=select, tag=TAG)

    def answered(self, response: httpx.Response) -> Written | None:
        """Return what a good answer tells; None for one that this service does not give."""
        if response.status_code == HTTPStatus.NO_CONTENT and self.row_id is not None:
            return Written(self.row_id, self.outcome, response.headers.get("ETag"))
        try:
            row = read(response, row_decoder)
            return self._as(_OUTCOMES.get(response.status_code, self.outcome), row)
        except AnswerUnreadable:
            return None

    def already(self, row: Row | None) -> Written | None:
        """Return that a row holds all of it already; None if it does not, or is not there."""
        if row is None or not holds(row, self.values):
            return None
        return self._as(Outcome.ALREADY, row)

    def _as(self, outcome: Outcome, row: Row) -> Written:
        row_id = read_id(row.get(self.table.primary_id), self.table.entity_set)
        etag = row.get(ETAG)
        return Written(row_id, outcome, etag if isinstance(etag, str) else None)


_OUTCOMES: Mapping[int, Outcome] = {
    HTTPStatus.CREATED: Outcome.CREATED,
    HTTPStatus.OK: Outcome.UPDATED,
}
"""With the representation, the status tells which of the two an upsert was (use upsert)."""
