"""Requests about rows: which write a method, an address and its preconditions mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.exchange import Answer, done
from seatsync_dataverse.simulator.happening import Intent
from seatsync_dataverse.simulator.problem import (
    Problem,
    does_not_exist,
    exists_already,
    no_resource,
    no_such_key,
    not_versioned,
    stale_version,
)
from seatsync_dataverse.simulator.writing import id_in

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.access import Access
    from seatsync_dataverse.simulator.address import Segment
    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.reading import Reader
    from seatsync_dataverse.simulator.rows import Row
    from seatsync_dataverse.simulator.table import Table
    from seatsync_dataverse.simulator.tracking import Tracker
    from seatsync_dataverse.simulator.writing import Writer

_BYPASS = ("customsync", "customasync")


@dataclass
class RowRequests:
    """Answers requests for sets and for single rows."""

    organization: Organization
    reader: Reader
    tracker: Tracker
    writer: Writer
    access: Access

    def answer_set(self, asked: Asked, table: Table, *, counts: bool = False) -> Answer:
        """Answer a request for a whole set; raises `Problem`."""
        match asked.method:
            case "GET":
                self.access.demand(asked.user_id, "Read", table)
                source = self.tracker if self.tracker.is_asked(asked) else self.reader
                if counts:
                    return source.count(asked, table)
                return self._list(asked, table)
            case "POST" if not counts:
                return self._post(asked, table)
            case _:
                raise no_resource()

    def answer_row(self, asked: Asked, table: Table, segment: Segment) -> Answer:
        """Answer a request for one row; raises `Problem`."""
        row = self.writer.find(table, segment)
        match asked.method:
            case "GET":
                self.access.demand(asked.user_id, "Read", table)
                return self.reader.one(asked, table, _there(table, segment, row))
            case "PATCH":
                return self._patch(asked, table, segment, row)
            case "DELETE":
                self.access.demand(asked.user_id, "Delete", table)
                found = _there(table, segment, row)
                _check_version(asked, table, found)
                self.writer.delete(table, found, self.intent(asked))
                return done()
            case _:
                raise no_resource()

    def intent(self, asked: Asked) -> Intent:
        """Return who writes, and how."""
        bypassed = asked.headers.get("mscrm.bypassbusinesslogicexecution", "").lower().split(",")
        older = asked.headers.get("mscrm.bypasscustompluginexecution", "").lower() == "true"
        bypasses = older or any(name.strip() in _BYPASS for name in bypassed)
        silenced = asked.headers.get("mscrm.bypassbusinesslogicexecutionstepids", "").lower()
        if bypasses or silenced:
            self.access.demand_named(asked.user_id, "prvBypassCustomBusinessLogic")
        suppressed = asked.headers.get("mscrm.suppressduplicatedetection", "true").lower()
        return Intent(
            asked.user_id,
            asked.options.get("tag"),
            finds_duplicates=suppressed == "false",
            obeys_rules=not bypasses,
            wakes_steps=not bypasses,
            silenced=frozenset(filter(None, map(str.strip, silenced.split(",")))),
        )

    def _list(self, asked: Asked, table: Table) -> Answer:
        if self.tracker.is_asked(asked):
            return self.tracker.answer(asked, table)
        return self.reader.many(asked, table)

    def _post(self, asked: Asked, table: Table) -> Answer:
        body = asked.fields()
        row = self.create(asked, table, body, id_in(table, body))
        if asked.prefers.wants_representation:
            return self.reader.representation(asked, table, row, 201)
        return done(OData_EntityId=f"{asked.base}{table.set_name}({row.row_id})")

    def create(
        self,
        asked: Asked,
        table: Table,
        body: dict[str, Any],
        row_id: str | None,
        keys: dict[str, Any] | None = None,
    ) -> Row:
        """Add the row of a body; `keys` are of its address; raises `Problem`."""
        self.access.demand(asked.user_id, "Create", table)
        intent = self.intent(asked)
        # Where address and body both name a key column, the body wins (upsert).
        changes = {**(keys or {}), **self.writer.read_changes(table, body, asked.bound)}
        self.access.demand_links(asked.user_id, table, changes)
        if intent.finds_duplicates:
            self.writer.check_duplicates(table, changes, None)
        return self.writer.create(table, changes, intent, row_id)

    def _patch(self, asked: Asked, table: Table, segment: Segment, row: Row | None) -> Answer:
        if row is None and "if-match" in asked.headers:
            _there(table, segment, row)
        if row is not None and asked.headers.get("if-none-match") == "*":
            raise exists_already()
        is_new = row is None
        written = (
            self._create_by(asked, table, segment)
            if row is None
            else self._update(asked, table, segment, row)
        )
        if asked.prefers.wants_representation:
            return self.reader.representation(asked, table, written, 201 if is_new else 200)
        # With a key in the address, the key is echoed, not the identifier (upsert).
        return done(OData_EntityId=asked.place)

    def _create_by(self, asked: Asked, table: Table, segment: Segment) -> Row:
        body = asked.fields()
        row_id = segment.row_id or id_in(table, body)
        return self.create(asked, table, body, row_id, self.writer.key_values(table, segment))

    def _update(self, asked: Asked, table: Table, segment: Segment, row: Row) -> Row:
        _check_version(asked, table, row)
        # A key cannot be changed through itself: its columns are dropped (upsert).
        keys = self.writer.key_values(table, segment)
        body = {name: value for name, value in asked.fields().items() if name not in keys}
        return self.update(asked, table, row, body)

    def update(self, asked: Asked, table: Table, row: Row, body: dict[str, Any]) -> Row:
        """Change a row as a body says; raises `Problem`."""
        self.access.demand(asked.user_id, "Write", table)
        intent = self.intent(asked)
        changes = self.writer.read_changes(table, body, asked.bound)
        self.access.demand_links(asked.user_id, table, changes)
        if intent.finds_duplicates:
            self.writer.check_duplicates(table, changes, row.row_id)
        return self.writer.update(table, row, changes, intent)


def _there(table: Table, segment: Segment, row: Row | None) -> Row:
    if row is not None:
        return row
    if segment.row_id is not None:
        raise does_not_exist(table.logical, segment.row_id)
    raise no_such_key(table.logical)


def _check_version(asked: Asked, table: Table, row: Row) -> None:
    wanted = asked.headers.get("if-match", "*")
    if wanted == "*":
        return
    if not table.has_versions:
        raise not_versioned(table.logical)
    if not wanted.startswith('W/"'):
        raise Problem(400, "0x80060883", "The RowVersion property must be provided.")
    if wanted != row.etag:
        raise stale_version()
