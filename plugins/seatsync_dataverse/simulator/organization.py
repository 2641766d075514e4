"""The organisation: its tables, users and time."""

from __future__ import annotations

import threading
from collections import deque
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid4, uuid5

from seatsync_dataverse.simulator.ledger import Ledger
from seatsync_dataverse.simulator.problem import Problem, bad_question, unknown_segment
from seatsync_dataverse.simulator.rows import Rows
from seatsync_dataverse.simulator.value import INSTANT

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.context import Clock
    from seatsync_dataverse.simulator.column import Column
    from seatsync_dataverse.simulator.happening import Happening
    from seatsync_dataverse.simulator.relationship import Relationship
    from seatsync_dataverse.simulator.rows import Row
    from seatsync_dataverse.simulator.table import Key, Table

_NAMESPACE = uuid5(NAMESPACE_URL, "https://dataverse.example/simulator")
JOURNAL_LENGTH = 100_000


def fixed_id(name: str) -> str:
    """Return the same identifier for the same name, in every simulator."""
    return str(uuid5(_NAMESPACE, name))


class Organization:
    """Everything that the environment holds; take `lock` around each use."""

    def __init__(self, clock: Clock) -> None:
        """Start without tables."""
        self.clock = clock
        self.lock = threading.RLock()
        self.ledger = Ledger()
        self.organization_id = fixed_id("organization")
        self.business_unit_id = fixed_id("businessunit")
        self.currency_id = fixed_id("transactioncurrency")
        self.system_id = fixed_id("SYSTEM")
        self.agent_id = fixed_id("application user")
        self._now = (datetime.min.replace(tzinfo=UTC), "")
        self.tables: dict[str, Table] = {}
        self.sets: dict[str, Table] = {}
        self.relationships: list[Relationship] = []
        self.unique_columns: dict[str, tuple[str, ...]] = {}
        self.duplicate_rules: list[tuple[str, tuple[str, ...]]] = []
        self.journal: deque[Happening] = deque(maxlen=JOURNAL_LENGTH)
        self.listeners: list[Callable[[Happening], None]] = [self.journal.append]

    def now(self) -> str:
        """Return the instant as rows show it; rows of the same second share the text."""
        second = self.clock.now().replace(microsecond=0)
        if second != self._now[0]:
            self._now = (second, second.strftime(INSTANT))
        return self._now[1]

    def new_id(self) -> str:
        """Return an identifier that nothing has."""
        return str(uuid4())

    def add_table(self, table: Table) -> None:
        """Let the organisation have a table."""
        self.tables[table.logical] = table
        self.sets[table.set_name] = table

    def table(self, logical: str) -> Table:
        """Return a table by its logical name; raises `Problem`."""
        table = self.tables.get(logical)
        if table is None:
            raise Problem(404, "0x80040217", f"Could not find an entity with name {logical}.")
        return table

    def new_rows(self) -> Rows:
        """Return room for the rows of a new table."""
        return Rows(self.ledger)

    def table_of_set(self, set_name: str) -> Table:
        """Return the table of a set; raises `Problem`, also for the wrong case."""
        table = self.sets.get(set_name)
        if table is None:
            raise unknown_segment(set_name)
        return table

    def relationship(self, name: str) -> Relationship:
        """Return a relationship by its name; raises `Problem`."""
        for relationship in self.relationships:
            if relationship.schema == name:
                return relationship
        raise bad_question(f"Could not find a property named '{name}'.")

    def row_of(self, column: Column, row_id: str | None) -> tuple[Table, Row] | None:
        """Return what a lookup refers to, or None."""
        if row_id is None:
            return None
        for target in column.targets:
            table = self.tables.get(target)
            row = None if table is None else table.rows.get(row_id)
            if table is not None and row is not None:
                return table, row
        return None

    def name_of(self, column: Column, row_id: str | None) -> str | None:
        """Return the name of what a lookup refers to, or None."""
        found = self.row_of(column, row_id)
        if found is None:
            return None
        table, row = found
        name: str | None = row.value(table.columns[table.name_column].slot)
        return name

    def settle_keys(self) -> None:
        """Let the indexes of keys be built whose time has come."""
        now_s = self.clock.monotonic()
        for table in self.tables.values():
            for key in table.keys:
                if key.status in {"Pending", "InProgress"}:
                    _settle(table, key, now_s)

    def tell(self, happening: Happening) -> None:
        """Tell everybody who listens of a write, once it is committed."""
        for listener in self.listeners:
            self.ledger.afterwards(partial(listener, happening))


def _settle(table: Table, key: Key, now_s: float) -> None:
    if now_s < key.ready_at_s:
        key.status = "InProgress"
        return
    key.status = "Active" if table.rows.add_key(key.slots) else "Failed"
