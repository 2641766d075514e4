"""The rows of one table, and the log of their versions.

The log is appended to and never sorted: a page of changes costs no more than the page, however
many rows there are. An entry is current while its row, or its tombstone, has that version.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.index import Index
from seatsync_dataverse.simulator.value import comparable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync_dataverse.simulator.ledger import Ledger


class Row:
    """One row as it is now; a write puts another in its place."""

    __slots__ = ("position", "row_id", "values", "version")

    def __init__(self, row_id: str, version: int, position: int, values: tuple[Any, ...]) -> None:
        """Keep the values by the slots of the columns; later columns may be missing."""
        self.row_id = row_id
        self.version = version
        self.position = position
        self.values = values

    def value(self, slot: int) -> Any:
        """Return the value of a column, None if it has none yet; of slot -1, the version."""
        if slot < 0:
            return self.version
        return self.values[slot] if slot < len(self.values) else None

    @property
    def etag(self) -> str:
        """The entity tag; compare it for equality only."""
        return f'W/"{self.version}"'


class Rows:
    """Rows by their ids, in the order of their creation."""

    def __init__(self, ledger: Ledger) -> None:
        """Start empty."""
        self._ledger = ledger
        self._rows: dict[str, Row] = {}
        self._order: list[str] = []
        self._log_versions = array("q")
        self._log_ids: list[str] = []
        self._graves: dict[str, int] = {}
        self._indexes: dict[int, Index] = {}
        self._keys: dict[tuple[int, ...], dict[tuple[Any, ...], str]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def get(self, row_id: str) -> Row | None:
        """Return a row, or None."""
        return self._rows.get(row_id)

    def put(self, row_id: str, values: tuple[Any, ...]) -> Row:
        """Add a row, or put another in its place; it gets a new version."""
        held = self._rows.get(row_id)
        position = held.position if held else self._append_to_order(row_id)
        row_id = held.row_id if held else row_id
        row = Row(row_id, self._ledger.next_version(), position, values)
        self._log(row.row_id, row.version)
        self._replace(row_id, row)
        return row

    def remove(self, row_id: str) -> None:
        """Delete a row, and leave a tombstone."""
        version = self._ledger.next_version()
        self._log(row_id, version)
        self._replace(row_id, None)
        self._graves[row_id] = version

    def add_key(self, slots: tuple[int, ...]) -> bool:
        """Build a unique index over columns; tell whether the rows there are allow it."""
        index: dict[tuple[Any, ...], str] = {}
        for row in self:
            values = _key_of(row.values, slots)
            if values is not None and index.setdefault(values, row.row_id) != row.row_id:
                return False
        self._keys[slots] = index
        return True

    def drop_key(self, slots: tuple[int, ...]) -> None:
        """Forget a unique index."""
        self._keys.pop(slots, None)

    def by_key(self, slots: tuple[int, ...], values: tuple[Any, ...]) -> Row | None:
        """Return the row with these values of a key, or None."""
        found = self._keys[slots].get(tuple(map(comparable, values)))
        return None if found is None else self._rows[found]

    def holder(self, slots: tuple[int, ...], values: tuple[Any, ...], row_id: str) -> str | None:
        """Return another row that has the key which `values`, by slot, would have; or None."""
        key = _key_of(values, slots)
        held = None if key is None else self._keys[slots].get(key)
        return None if held == row_id else held

    def matching(self, slot: int, value: Any) -> list[Row]:
        """Return the rows with a value in a column, by an index that is built when first used."""
        if slot not in self._indexes:
            self._indexes[slot] = Index()
            for row in self:
                self._indexes[slot].add(row.value(slot), row.row_id)
        return [self._rows[row_id] for row_id in self._indexes[slot].ids(value)]

    def walk(self, position: int) -> Iterator[Row]:
        """Yield rows in the order of their creation, from a position on."""
        for place in range(position, len(self._order)):
            row = self._rows.get(self._order[place])
            if row is not None and row.position == place:
                yield row

    def log_place(self, version: int) -> int:
        """Return where in the log the versions after this one begin."""
        return bisect_right(self._log_versions, version)

    def changed(self, start: int, end: int) -> Iterator[tuple[int, Row]]:
        """Yield rows, with their places in the log, whose last write is between two places."""
        for place in range(start, end):
            row = self._rows.get(self._log_ids[place])
            if row is not None and row.version == self._log_versions[place]:
                yield place, row

    def deleted(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Yield ids, with their places in the log, of rows deleted between two places."""
        for place in range(start, end):
            row_id = self._log_ids[place]
            if self._graves.get(row_id) == self._log_versions[place]:
                yield place, row_id

    def _append_to_order(self, row_id: str) -> int:
        self._ledger.remember(self._unorder)
        self._order.append(row_id)
        return len(self._order) - 1

    def _unorder(self) -> None:
        self._order.pop()

    def _log(self, row_id: str, version: int) -> None:
        self._ledger.remember(self._unlog)
        self._log_versions.append(version)
        self._log_ids.append(row_id)

    def _unlog(self) -> None:
        self._log_versions.pop()
        self._log_ids.pop()

    def _replace(self, row_id: str, row: Row | None) -> None:
        held, grave = self._rows.pop(row_id, None), self._graves.pop(row_id, None)

        def undo() -> None:
            self._forget(self._rows.pop(row_id, None))
            self._graves.pop(row_id, None)
            self._enter(held)
            if grave is not None:
                self._graves[row_id] = grave

        self._ledger.remember(undo)
        self._forget(held)
        self._enter(row)

    def _enter(self, row: Row | None) -> None:
        if row is None:
            return
        self._rows[row.row_id] = row
        for slot, index in self._indexes.items():
            index.add(row.value(slot), row.row_id)
        for slots, keys in self._keys.items():
            key = _key_of(row.values, slots)
            if key is not None:
                keys[key] = row.row_id

    def _forget(self, row: Row | None) -> None:
        if row is None:
            return
        for slot, index in self._indexes.items():
            index.discard(row.value(slot), row.row_id)
        for slots, keys in self._keys.items():
            key = _key_of(row.values, slots)
            if key is not None:
                keys.pop(key, None)


def _key_of(values: tuple[Any, ...], slots: tuple[int, ...]) -> tuple[Any, ...] | None:
    found = []
    for slot in slots:
        value = values[slot] if slot < len(values) else None
        if value is None:
            return None
        found.append(comparable(value))
    return tuple(found)
