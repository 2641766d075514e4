"""Plans: what a query selects, worked out once instead of anew for every record.

A plan knows only how to answer when nothing goes wrong. For anything else graphql-core executes
the document, from its beginning, and says what is wrong. So a plan has to be right about whole
answers alone; and it is for what changes nothing and asks nobody else, as it may be done twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import Executor, GraphQLResolveInfo, get_argument_values
from graphql.pyutils import Path

from seatsync_graphql.types.node import shown_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import DocumentNode, FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema

    from seatsync_graphql.context import Context
    from seatsync_graphql.execution import Operation

    Resolve = Callable[[Any, "Run"], Any]
    Write = Callable[[Any, "Run"], Any]


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
            return self.root.show(None, Run(executor))
        except Exception:  # noqa: BLE001 - graphql-core meets the same, and tells the client
            return None


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a plan; `told` is what each field's resolver was told."""

    executor: Executor[Any]
    told: dict[Asked, tuple[GraphQLResolveInfo[Any], dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown of each object of one type: keys, and under each the value of a field.

    A field is read from the record by its name, or else resolved; then it is written as JSON.
    """

    fits: Callable[[Any, Any], Any] | None
    fields: tuple[tuple[str, str | None, Resolve, Write], ...]

    def show(self, source: Any, run: Run) -> dict[str, Any]:
        """Return an object as it is selected; raise whatever goes wrong."""
        if self.fits is not None and not self.fits(source, None):
            raise Unplanned
        record = shown_by(source)
        return {
            key: write(resolve(source, run) if name is None else getattr(record, name), run)
            for key, name, resolve, write in self.fields
        }


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A field whose resolver wants arguments, or to know of the execution."""

    key: str
    parent: GraphQLObjectType
    definition: GraphQLField
    nodes: list[FieldNode]

    def resolve(self, source: Any, run: Run) -> Any:
        """Resolve the field as graphql-core does; the path it is told begins at its parent."""
        if self not in run.told:
            run.told[self] = self._told(run.executor)
        info, arguments = run.told[self]
        assert self.definition.resolve is not None  # noqa: S101 - of every field of the schema
        return self.definition.resolve(source, info, **arguments)

    def _told(self, executor: Executor[Any]) -> tuple[GraphQLResolveInfo[Any], dict[str, Any]]:
        arguments = get_argument_values(self.definition, self.nodes[0], executor.variable_values)
        path = Path(None, self.key, self.parent.name)
        info = executor.build_resolve_info(self.definition, self.nodes, self.parent, path)
        return info, arguments
