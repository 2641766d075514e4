"""Tables: what the organisation knows of one, and its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.column import Kind
from seatsync_dataverse.simulator.problem import key_not_defined, unknown_property

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.column import Column
    from seatsync_dataverse.simulator.rows import Rows

VERSION_SLOT = -1


@dataclass(slots=True, eq=False)
class Key:
    """An alternate key; its index is built after a while, and may fail."""

    schema: str
    columns: tuple[str, ...]
    slots: tuple[int, ...]
    label: str
    key_id: str
    ready_at_s: float
    status: str = "Pending"

    @property
    def logical(self) -> str:
        """The name in lower case."""
        return self.schema.lower()


@dataclass(slots=True, eq=False)
class Table:
    """A table."""

    logical: str
    schema: str
    set_name: str
    id_column: str
    name_column: str
    rows: Rows
    right: str
    """What the names of the table's privileges end in."""
    tracks_changes: bool = False
    has_versions: bool = True
    """Whether optimistic concurrency is enabled."""
    columns: dict[str, Column] = field(default_factory=dict)
    """By logical name."""
    shown: dict[str, Column] = field(default_factory=dict)
    """By the property that shows it."""
    navigations: dict[str, tuple[Column, str]] = field(default_factory=dict)
    """Column and target, by navigation property."""
    keys: list[Key] = field(default_factory=list)
    money: set[str] = field(default_factory=set)
    """Logical names of the columns that hold money."""

    def add(self, column: Column) -> None:
        """Add a column behind the others."""
        column.slot = VERSION_SLOT if column.logical == "versionnumber" else len(self.columns)
        self.columns[column.logical] = column
        self.shown[column.wire] = column
        if column.kind is Kind.MONEY:
            self.money.add(column.logical)
        for name, target in column.navigations.items():
            self.navigations[name] = (column, target)

    def column_shown_as(self, name: str) -> Column:
        """Return the column that a property shows; raises `Problem`."""
        column = self.shown.get(name)
        if column is None or column.is_secret:
            raise unknown_property(name, self.logical)
        return column

    def key_over(self, names: set[str]) -> Key:
        """Return the key over columns named as in addresses; raises `Problem`."""
        logical = {self.shown[name].logical for name in names if name in self.shown}
        logical |= names & self.columns.keys()
        for key in self.keys:
            if set(key.columns) == logical and key.status == "Active":
                return key
        raise key_not_defined(sorted(names), self.logical)
