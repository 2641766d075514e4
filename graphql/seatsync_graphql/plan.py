"""Plans: what a query selects, worked out once instead of anew for every record.

A plan knows only how to answer when nothing goes wrong. For anything else graphql-core executes
the document, from its beginning, and says what is wrong. So a plan has to be right about whole
answers alone; and it is for what changes nothing and asks nobody else, as it may be done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import Executor, GraphQLResolveInfo, get_argument_values
from graphql.pyutils import Path

from seatsync_graphql.types.node import shown_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphql import DocumentNode, FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema

    from seatsync_graphql.context import Context
    from seatsync_graphql.execution import Operation

    Run = Executor[Any]
    Read = Callable[[Sequence[Any], Sequence[Any], Run], Sequence[Any]]
    Write = Callable[[Sequence[Any], Run], Sequence[Any]]


class Unplanned(Exception):
    """Something that is left to graphql-core."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer one operation."""

    schema: GraphQLSchema
    document: DocumentNode
    root: Selection

    def data(self, operation: Operation, context: Context) -> dict[str, Any] | None:
        """Return the data of the answer, or None if graphql-core has to be asked."""
        executor = Executor.build(
            self.schema,
            self.document,
            context_value=context,
            raw_variable_values=operation.variables,
            operation_name=operation.name,
        )
        if isinstance(executor, list):  # the variables do not fit
            return None
        try:
            [data] = self.root.show([None], executor)
        except Exception:  # noqa: BLE001 - graphql-core meets the same, and tells the client
            return None
        return data


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown of objects of one type: keys, and how each one's values are read and written.

    Values are read and written for all objects at once, which is many times as fast as for one
    after the other: most of it is done outside of Python.
    """

    fits: Callable[[Any, Any], Any] | None
    keys: tuple[str, ...]
    fields: tuple[tuple[Read, Write], ...]

    def show(self, sources: Sequence[Any], run: Run) -> list[dict[str, Any]]:
        """Return objects as they are selected; raise whatever goes wrong."""
        if self.fits is not None and not all(self.fits(source, None) for source in sources):
            raise Unplanned
        records = [shown_by(source) for source in sources]
        columns = [write(read(sources, records, run), run) for read, write in self.fields]
        return [dict(zip(self.keys, values, strict=True)) for values in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A field whose resolver wants arguments, or to know of the execution."""

    key: str
    parent: GraphQLObjectType
    definition: GraphQLField
    nodes: list[FieldNode]

    def read(self, sources: Sequence[Any], _: Sequence[Any], run: Run) -> list[Any]:
        """Resolve the field as graphql-core does; the path it is told begins at its parent."""
        info, arguments = self._told(run)
        resolve: Any = self.definition.resolve
        return [resolve(source, info, **arguments) for source in sources]

    def _told(self, executor: Executor[Any]) -> tuple[GraphQLResolveInfo[Any], dict[str, Any]]:
        arguments = get_argument_values(self.definition, self.nodes[0], executor.variable_values)
        path = Path(None, self.key, self.parent.name)
        info = executor.build_resolve_info(self.definition, self.nodes, self.parent, path)
        return info, arguments
