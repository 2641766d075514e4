"""Lists read page by page: by where a record stands in the order, never by counting off rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from uuid import UUID

from seatsync.domain.paging import Page, decode_cursor, encode_cursor
from seatsync.errors import BadInput
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from seatsync.domain.paging import Window
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.rows import RowReader

T = TypeVar("T")
F = TypeVar("F")
K = TypeVar("K", UUID, str)


@dataclass(frozen=True, slots=True)
class Order(Generic[T]):
    """A total order: columns that sort (the id last), and the same values of a record as text.

    `name` goes into the cursors, so that a cursor of another order is refused.
    """

    name: str
    columns: tuple[str, ...]
    key: Callable[[T], tuple[str, ...]]
    descending: bool = False

    def clause(self, *, backward: bool, sorts: bool = False) -> str:
        """Return the ORDER BY expression, reversed for reading from the end.

        With `sorts`, SQLite reads all rows and sorts what it finds. It would rather look at row
        after row in the order of an index, which takes longer where few of them are wanted.
        """
        direction = "DESC" if self.descending != backward else "ASC"
        mark = "+" if sorts else ""
        return ", ".join(f"{mark}{column} {direction}" for column in self.columns)

    def bound(self, conditions: Conditions, window: Window) -> Conditions:
        """Return the conditions narrowed to what lies between the window's cursors."""
        bounded = conditions.also()
        for cursor, comparison in ((window.after, "><"), (window.before, "<>")):
            if cursor is not None:
                marks = ", ".join(bounded.value(part) for part in self._place(cursor))
                bounded.require(
                    f"({', '.join(self.columns)}) {comparison[self.descending]} ({marks})"
                )
        return bounded

    def _place(self, cursor: str) -> tuple[str | UUID, ...]:
        *texts, last = decode_cursor(self.name, cursor, len(self.columns))
        try:
            return (*texts, UUID(hex=last))
        except ValueError as error:
            raise BadInput("this is not a cursor of this list") from error

    def page(self, records: Sequence[T], window: Window, count: Callable[[], int]) -> Page[T]:
        """Make the page of what was read: one record more than the window shows, if there is."""
        shown = records[: window.size]
        more = len(records) > window.size
        items = tuple(reversed(shown)) if window.backward else tuple(shown)
        return Page(
            items,
            lambda place: encode_cursor(self.name, self.key(items[place])),
            has_next=window.before is not None if window.backward else more,
            has_previous=more if window.backward else window.after is not None,
            count=count,
        )


def by_name(table: str) -> Order[Any]:
    """Order by name, then id."""
    columns = (f"{table}.name", f"{table}.id")
    return Order("name", columns, lambda record: (record.name, record.id.hex))


def newest_first(table: str) -> Order[Any]:
    """Order by id, which is time-ordered, the newest first."""
    return Order("newest", (f"{table}.id",), lambda record: (record.id.hex,), descending=True)


@dataclass(frozen=True, slots=True)
class Listing(Generic[T, F]):
    """How one noun is read: its rows, their order, what a filter asks of them.

    `everything` is the filter that leaves nothing out;
    `parents` names the columns by which the records of many parents can be read at once.
    """

    reader: RowReader[T]
    order: Order[T]
    narrow: Callable[[Conditions, F], object]
    everything: F
    parents: Mapping[str, str] = field(default_factory=dict)

    def page(self, mirror: Mirror, filters: F, window: Window) -> Page[T]:
        """Read one page, in one statement; counting the whole list takes a second one."""
        conditions = self._conditions(mirror, filters)
        bounded = self.order.bound(conditions, window)
        sorts = mirror.is_sqlite and conditions.searches
        order = self.order.clause(backward=window.backward, sorts=sorts)
        limit = bounded.value(window.size + 1)
        rest = f"{bounded.where} ORDER BY {order} LIMIT {limit}"
        records = self.reader.read(mirror, rest, bounded.params)
        return self.order.page(records, window, lambda: self._count(conditions))

    def by_ids(self, mirror: Mirror, ids: Collection[UUID]) -> dict[UUID, T]:
        """Read the records of these ids that exist, in one statement."""
        column = self.order.columns[-1]
        conditions = Conditions(mirror).among(column, ids)
        records: list[Any] = self.reader.read(mirror, conditions.where, conditions.params)
        return {record.id: record for record in records}

    def pages(
        self, mirror: Mirror, parent: str, keys: Collection[K], filters: F, window: Window
    ) -> dict[K, Page[T]]:
        """Read the same window of the list of each parent, in one statement for all of them."""
        column = self.parents[parent]
        conditions = self._conditions(mirror, filters).among(column, keys)
        found = self._numbered(column, self.order.bound(conditions, window), window)
        decode = _key_decoder(keys)
        groups: dict[K, list[tuple[Any, ...]]] = {key: [] for key in keys}
        for *row, key, _ in found:
            groups[decode(key)].append(tuple(row))
        counts = cache(lambda: self._counts(column, conditions, decode))
        return {
            key: self.order.page(
                list(self.reader.decode(rows)), window, partial(_count_of, counts, key)
            )
            for key, rows in groups.items()
        }

    def _conditions(self, mirror: Mirror, filters: F) -> Conditions:
        conditions = Conditions(mirror)
        self.narrow(conditions, filters)
        return conditions

    def _numbered(
        self, column: str, bounded: Conditions, window: Window
    ) -> Iterable[tuple[Any, ...]]:
        named = ", ".join(f"{text} AS c{n}" for n, text in enumerate(self.reader.columns))
        order = self.order.clause(backward=window.backward)
        limit = bounded.value(window.size + 1)
        return bounded.mirror.rows(
            f"SELECT * FROM (SELECT {named}, {column} AS parent_key,"  # noqa: S608
            f" row_number() OVER (PARTITION BY {column} ORDER BY {order}) AS nth"
            f" FROM {self.reader.table} {bounded.where}) AS numbered"
            f" WHERE nth <= {limit} ORDER BY nth",
            bounded.params,
        )

    def _count(self, conditions: Conditions) -> int:
        sql = f"SELECT COUNT(*) FROM {self.reader.table} {conditions.where}"  # noqa: S608
        with conditions.mirror.reading():
            [(count,)] = conditions.mirror.rows(sql, conditions.params)
        return int(count)

    def _counts(
        self, column: str, conditions: Conditions, decode: Callable[[Any], K]
    ) -> dict[K, int]:
        with conditions.mirror.reading():
            rows = conditions.mirror.rows(
                f"SELECT {column}, COUNT(*) FROM {self.reader.table} {conditions.where}"  # noqa: S608
                f" GROUP BY {column}",
                conditions.params,
            )
        return {decode(key): int(count) for key, count in rows}


def _key_decoder(keys: Collection[K]) -> Callable[[Any], K]:
    decode: Any = decode_uuid if any(isinstance(key, UUID) for key in keys) else str
    return cast("Callable[[Any], K]", decode)


def _count_of(counts: Callable[[], Mapping[K, int]], key: K) -> int:
    return counts().get(key, 0)
