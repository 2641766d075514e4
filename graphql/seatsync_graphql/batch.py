"""Nested records, loaded for all records of a page at once, when the first one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from seatsync_graphql.paging import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

    from seatsync.domain.paging import Page, Window
    from seatsync.domain.roles import Caller
    from seatsync.services.door import Reading
    from seatsync.services.reading import Records
    from seatsync_graphql.context import Context

R = TypeVar("R")
N = TypeVar("N")
C = TypeVar("C")
K = TypeVar("K")
V = TypeVar("V")


class Batch(Generic[R]):
    """The records that were read together, and what has been read for all of them since."""

    __slots__ = ("_loaded", "context", "records")

    def __init__(self, context: Context, records: Sequence[R]) -> None:
        """Hold the records of one page, or of the same page of many lists."""
        self.context = context
        self.records = records
        self._loaded: dict[Hashable, Any] = {}

    def once(self, name: Hashable, load: Callable[[Sequence[R]], V]) -> V:
        """Return what `load` makes of all the records; it is called once per `name`."""
        if name not in self._loaded:
            self.context.deadline.check()
            self._loaded[name] = load(self.records)
        return cast("V", self._loaded[name])

    def optional(self, noun: Noun[C, N], record: R, field: str) -> N | None:
        """Return the record whose id stands in `field`; None if there is none."""
        nodes = self.once((noun, field), lambda _: noun.nodes(self.context, self._keys(field)))
        return nodes.get(getattr(record, field))

    def one(self, noun: Noun[C, N], record: R, field: str) -> N:
        """Return the record whose id stands in `field`, which the database keeps from dangling."""
        node = self.optional(noun, record, field)
        if node is None:
            raise LookupError(f"{field} of {record!r} refers to nothing")
        return node

    def connection(
        self,
        noun: Noun[C, N],
        record: R,
        by: tuple[str, str],
        *,
        window: Window,
        wanted: Any = None,
    ) -> Connection[N]:
        """Return one page of what belongs to a record.

        `by` is the name of the relation, and the field of this record that it refers to.
        """
        relation, field = by
        connections = self.once(
            (noun, by, window, wanted),
            lambda _: noun.connections(self.context, relation, self._keys(field), wanted, window),
        )
        return connections[getattr(record, field)]

    def _keys(self, field: str) -> list[Any]:
        keys = dict.fromkeys(getattr(record, field) for record in self.records)
        return [key for key in keys if key is not None]


def show_all(node_type: Callable[..., N], context: Context, records: Sequence[Any]) -> list[N]:
    """Return the records as GraphQL shows them, as one batch."""
    batch = Batch(context, records)
    return [node_type(record=record, batch=batch) for record in records]


def show_groups(
    node_type: Callable[..., N], context: Context, groups: Mapping[K, Sequence[Any]]
) -> dict[K, list[N]]:
    """Return the records of every group as GraphQL shows them, all of them as one batch."""
    records = [record for group in groups.values() for record in group]
    nodes = iter(show_all(node_type, context, records))
    return {key: [next(nodes) for _ in group] for key, group in groups.items()}


class Noun(Generic[C, N]):
    """A kind of record: how it is found by id, listed, and shown."""

    def __init__(
        self,
        find: Callable[[Reading, Caller, Collection[Any]], Mapping[Any, C]],
        records: Callable[[Reading], Records[C, Any]] | None = None,
    ) -> None:
        """Find records by their ids; `records` gives their listing, where there is one."""
        self._find = find
        self._records = records
        self._node_type: Callable[..., N] | None = None

    @classmethod
    def of(cls, records: Callable[[Reading], Records[C, Any]]) -> Noun[C, N]:
        """Make a noun whose records have UUIDs."""
        return cls(lambda read, caller, ids: records(read).by_ids(caller, ids), records)

    def shown_as(self, node_type: Callable[..., N]) -> None:
        """Say which GraphQL type shows the records."""
        self._node_type = node_type

    def show(self, context: Context, record: C) -> N:
        """Show one record, as a batch of its own."""
        return self.show_all(context, [record])[0]

    def show_all(self, context: Context, records: Sequence[C]) -> list[N]:
        """Show records that were read together."""
        return show_all(self._shown(), context, records)

    def find(self, context: Context, key: Any) -> N | None:
        """Return one record by its id, or None."""
        return self.nodes(context, [key]).get(key)

    def is_open_to(self, context: Context) -> bool:
        """Tell whether the caller may read these records."""
        return context.caller.may(self._listing(context).permission)

    def nodes(self, context: Context, keys: Collection[Any]) -> dict[Any, N]:
        """Return the records of these ids that exist, in one statement."""
        if not keys:
            return {}
        found = self._find(context.services.read, context.caller, keys)
        return dict(zip(found, self.show_all(context, list(found.values())), strict=True))

    def page(self, context: Context, wanted: Any, window: Window) -> Connection[N]:
        """Return one page of all records."""
        context.deadline.check()
        page = self._listing(context).page(context.caller, wanted, window)
        return Connection(page=page, nodes=self.show_all(context, page.items))

    def connections(
        self, context: Context, relation: str, keys: Collection[Any], wanted: Any, window: Window
    ) -> dict[Any, Connection[N]]:
        """Return the same page of what belongs to each key, in one statement."""
        listing = self._listing(context)
        pages: dict[Any, Page[C]] = listing.pages(context.caller, relation, keys, wanted, window)
        items = {key: page.items for key, page in pages.items()}
        nodes = show_groups(self._shown(), context, items)
        return {key: Connection(page=page, nodes=nodes[key]) for key, page in pages.items()}

    def _shown(self) -> Callable[..., N]:
        return cast("Callable[..., N]", self._node_type)

    def _listing(self, context: Context) -> Records[C, Any]:
        records = cast("Callable[[Reading], Records[C, Any]]", self._records)
        return records(context.services.read)
