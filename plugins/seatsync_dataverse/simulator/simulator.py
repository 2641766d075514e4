"""The simulated Dataverse, as tests, the demo and benchmarks hold it in their hands."""

from __future__ import annotations

import re
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from seatsync.sdk.simulator import dropped
from seatsync_dataverse.simulator.access import Access
from seatsync_dataverse.simulator.actions import Actions
from seatsync_dataverse.simulator.app import App
from seatsync_dataverse.simulator.bulk import Bulk
from seatsync_dataverse.simulator.clock import SettableClock
from seatsync_dataverse.simulator.components import Components
from seatsync_dataverse.simulator.definitions import Definitions
from seatsync_dataverse.simulator.entra import Entra
from seatsync_dataverse.simulator.happening import Intent
from seatsync_dataverse.simulator.metadata_requests import MetadataRequests
from seatsync_dataverse.simulator.organization import Organization, fixed_id
from seatsync_dataverse.simulator.reading import Reader
from seatsync_dataverse.simulator.row_requests import RowRequests
from seatsync_dataverse.simulator.service import Service
from seatsync_dataverse.simulator.sketch import TableSketch, draw
from seatsync_dataverse.simulator.standard import (
    ADMINISTRATOR,
    add_standard_rows,
    add_standard_tables,
    register_table,
)
from seatsync_dataverse.simulator.throttle import Limit, Throttle
from seatsync_dataverse.simulator.tracking import Tracker
from seatsync_dataverse.simulator.traffic import Traffic
from seatsync_dataverse.simulator.trouble import lost_answer
from seatsync_dataverse.simulator.value import read_value
from seatsync_dataverse.simulator.webhooks import Webhooks
from seatsync_dataverse.simulator.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from seatsync.sdk.context import Clock
    from seatsync.sdk.simulator import Fault
    from seatsync_dataverse.simulator.happening import Happening
    from seatsync_dataverse.simulator.rows import Row
    from seatsync_dataverse.simulator.table import Table

TENANT = fixed_id("tenant")
CLIENT = fixed_id("client")
SOMEBODY = fixed_id("somebody")
SECRET = "simulated-secret"  # noqa: S105 - opens nothing but the simulator


class Simulator:
    """An organisation's Dataverse: change what it holds while `app` is being served.

    Rows are told apart by the logical names of tables and columns; the value of a lookup is an
    identifier. Everything may be called from any thread.
    """

    def __init__(self, clock: Clock | None = None, *, expiry_days: int = 7) -> None:
        """Start with the standard tables, which have no accounts yet."""
        self.clock = clock or SettableClock()
        self.entra = Entra(self.clock, TENANT, CLIENT, SECRET)
        self.organization = Organization(self.clock)
        self.traffic = Traffic()
        self.throttle = Throttle(self.clock)
        self.writer = Writer(self.organization)
        self.access = Access(self.organization)
        self.definitions = Definitions(self.organization)
        self.tracker = Tracker(self.organization)
        self.webhooks = Webhooks(self.organization)
        self._make_standard(expiry_days)
        reader = Reader(self.organization)
        rows = RowRequests(self.organization, reader, self.tracker, self.writer, self.access)
        self.bulk = Bulk(rows)
        components = Components(self.organization, self.writer, self.access)
        service = Service(
            self.organization,
            rows,
            self.bulk,
            MetadataRequests(self.definitions, components),
            Actions(self.definitions, self.access),
            self.traffic,
        )
        self.app = App(self.organization, self.entra, service, self.traffic, self.throttle)

    def _make_standard(self, expiry_days: int) -> None:
        add_standard_tables(self.definitions)
        add_standard_rows(self.organization, self.writer, expiry_days)
        for entity in self.definitions.entities.values():
            register_table(self.organization, self.writer, entity)
        self.definitions.on_entity.append(
            lambda entity: register_table(self.organization, self.writer, entity)
        )
        self.access.assign(self.organization.agent_id, ADMINISTRATOR)
        self.organization.listeners.append(self.webhooks.hear)
        self.organization.journal.clear()

    @property
    def administrator(self) -> str:
        """The role that may do everything, which the application user has at first."""
        return ADMINISTRATOR

    def settings(self, origin: str) -> dict[str, str]:
        """Return the plug-in settings for a simulator that is served at `origin`."""
        return {
            "url": origin,
            "tenant_id": TENANT,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "authority": origin,
        }

    def set_up(self, *sketches: TableSketch, tracked: Iterable[str] = ("account",)) -> None:
        """Make tables at once, and track the changes of standard ones."""
        with self.organization.lock:
            for sketch in sketches:
                draw(self.definitions, sketch)
            for logical in tracked:
                self.organization.tables[logical].tracks_changes = True
                self.definitions.entities[logical]["ChangeTrackingEnabled"] = True

    def untrack(self, table: str) -> None:
        """Let the changes of a table not be tracked, as if that had never been enabled."""
        with self.organization.lock:
            self.organization.tables[table].tracks_changes = False
            self.definitions.entities[table]["ChangeTrackingEnabled"] = False

    def add_user(self, name: str, user_id: str | None = None) -> str:
        """Let somebody use the CRM, and return their identifier."""
        return self.add("systemuser", {"fullname": name}, row_id=user_id)

    def add(
        self,
        table: str,
        values: Mapping[str, Any],
        *,
        row_id: str | None = None,
        by: str | None = None,
    ) -> str:
        """Add a row as a user, by their identifier, and return the row's."""
        return self.add_many(table, [values], by=by, row_ids=[row_id])[0]

    def add_many(
        self,
        table: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        by: str | None = None,
        row_ids: Iterable[str | None] = (),
    ) -> list[str]:
        """Add rows as a user, and return their identifiers."""
        intent = self._intent(by)
        with self.organization.lock:
            held = self.organization.tables[table]
            return [
                self.writer.create(held, _kept(held, values), intent, row_id).row_id
                for values, row_id in zip_longest(rows, row_ids)
            ]

    def edit(
        self, table: str, row_id: str, values: Mapping[str, Any], *, by: str | None = None
    ) -> None:
        """Change a row as a user; raises `LookupError` if it is not there."""
        with self.organization.lock:
            held = self.organization.tables[table]
            row = self._held(held, row_id)
            self.writer.update(held, row, _kept(held, values), self._intent(by))

    def delete(self, table: str, row_id: str, *, by: str | None = None) -> None:
        """Delete a row as a user; raises `LookupError` if it is not there."""
        with self.organization.lock:
            held = self.organization.tables[table]
            self.writer.delete(held, self._held(held, row_id), self._intent(by))

    def row(self, table: str, row_id: str) -> dict[str, Any] | None:
        """Return a row by the logical names of its columns, or None."""
        with self.organization.lock:
            held = self.organization.tables[table]
            row = held.rows.get(row_id)
            return None if row is None else _plain(held, row)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return all rows by the logical names of their columns, in the order of creation."""
        with self.organization.lock:
            held = self.organization.tables[table]
            return [_plain(held, row) for row in held.rows.walk(0)]

    def etag(self, table: str, row_id: str) -> str:
        """Return the entity tag of a row; raises `LookupError` if it is not there."""
        with self.organization.lock:
            return self._held(self.organization.tables[table], row_id).etag

    @property
    def journal(self) -> list[Happening]:
        """The last 100,000 writes since the start, or since `forget`."""
        with self.organization.lock:
            return list(self.organization.journal)

    def requests(self, path: str = "", method: str = r"\w+") -> int:
        """Return how many requests there were, by regular expressions."""
        wanted = re.compile(path)
        with self.organization.lock:
            return sum(
                number
                for (asked, place), number in self.traffic.requests.items()
                if re.fullmatch(method, asked) and wanted.search(place)
            )

    def forget(self) -> None:
        """Count requests and writes from now on."""
        with self.organization.lock:
            self.traffic.requests.clear()
            self.organization.journal.clear()

    def fail(
        self, fault: Fault, path: str = "", *, method: str = r"\w+", nth: int = 1, times: int = 1
    ) -> None:
        """Let requests go wrong, by regular expressions of method, and of path and query."""
        self.traffic.faults.plan(f"^(?:{method}) .*{path}", fault, nth=nth, times=times)

    def drop_after_commit(
        self, path: str = "", *, method: str = r"\w+", nth: int = 1, times: int = 1
    ) -> None:
        """Let requests take effect, and their answers be lost."""
        self.fail(lost_answer(), path, method=method, nth=nth, times=times)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Drop every connection during the context; faults that were planned are forgotten."""
        self.fail(dropped(), times=10**9)
        try:
            yield
        finally:
            self.traffic.faults.clear()

    def throttled(self, limit: Limit, seconds: float) -> None:
        """Answer every request with a 429, for so long; each makes it longer."""
        self.throttle.begin(limit, seconds)

    def refuse_writes(self, rule: Callable[[str, dict[str, Any]], str | None]) -> None:
        """Let business logic refuse clients' writes, where `rule` returns why.

        It is given the logical names of the table and of the columns that are written.
        """
        self.writer.business_rules.append(rule)

    def find_duplicates(self, table: str, *columns: str) -> None:
        """Let a duplicate detection rule hold: no two rows alike in these columns."""
        self.organization.duplicate_rules.append((table, columns))

    def _intent(self, user_id: str | None) -> Intent:
        return Intent(user_id or self._somebody(), obeys_rules=False)

    def _somebody(self) -> str:
        users = self.organization.tables["systemuser"]
        if users.rows.get(SOMEBODY) is None:
            intent = Intent(self.organization.system_id, obeys_rules=False)
            self.writer.create(users, {"fullname": "Example Person"}, intent, SOMEBODY)
        return SOMEBODY

    @staticmethod
    def _held(table: Table, row_id: str) -> Row:
        row = table.rows.get(row_id)
        if row is None:
            raise LookupError(row_id)
        return row


def _kept(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: read_value(table.columns[name], value, table.logical)
        for name, value in values.items()
    }


def _plain(table: Table, row: Row) -> dict[str, Any]:
    return {name: row.value(column.slot) for name, column in table.columns.items()}
