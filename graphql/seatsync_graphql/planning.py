"""Making plans of documents."""

from __future__ import annotations

from itertools import islice
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationType,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from seatsync_graphql.leaves import leaf_writer
from seatsync_graphql.plan import Asked, Plan, Selection, Unplanned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphql import (
        DocumentNode,
        GraphQLObjectType,
        GraphQLSchema,
        OperationDefinitionNode,
        SelectionNode,
        SelectionSetNode,
    )

    from seatsync_graphql.plan import Read, Run, Write

MOST_FIELDS = 2_000
"""A plan is kept, so it must stay small; fragments in fragments can make it any size."""


def plan_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Plan | None:
    """Return the plan of a valid document's operation, or None if there is none for it."""
    if operation.operation is not OperationType.QUERY or operation.directives:
        return None
    planning = _Planning(schema, document)
    try:
        root = planning.selection(schema.query_type, [operation.selection_set])
    except Unplanned:
        return None
    return Plan(schema, document, root)


class _Planning:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self._planned = 0

    def selection(self, parent: Any, sets: Iterable[SelectionSetNode | None]) -> Selection:
        """Plan what is selected of one type of object."""
        found = _Collecting(self._schema, self._fragments, parent)
        for one in sets:
            found.collect(one)
        self._planned += len(found.fields)
        if self._planned > MOST_FIELDS:
            raise Unplanned
        fields = tuple(self._field(parent, key, nodes) for key, nodes in found.fields.items())
        return Selection(parent.is_type_of, tuple(found.fields), fields)

    def _field(
        self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]
    ) -> tuple[Read, Write]:
        name = nodes[0].name.value
        if name == "__typename":
            return _constant(parent.name), _as_it_is
        if name not in parent.fields:  # what is asked of the schema itself
            raise Unplanned
        definition = parent.fields[name]
        read = _reader(Asked(key, parent, definition, nodes))
        return read, self._writer(definition.type, nodes)

    def _writer(self, kind: Any, nodes: list[FieldNode]) -> Write:
        required = is_non_null_type(kind)
        inner = kind.of_type if required else kind
        if is_leaf_type(inner):
            return leaf_writer(inner, required=required)
        if is_list_type(inner):
            return _list_writer(self._writer(inner.of_type, nodes), required=required)
        if is_object_type(inner):
            selection = self.selection(inner, [node.selection_set for node in nodes])
            return _object_writer(selection, required=required)
        raise Unplanned


class _Collecting:
    """Gathers the fields that are selected of one type, by the key of the answer."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDefinitionNode],
        parent: GraphQLObjectType,
    ) -> None:
        self.fields: dict[str, list[FieldNode]] = {}
        self._schema = schema
        self._fragments = fragments
        self._parent = parent
        self._spread: set[str] = set()

    def collect(self, selections: SelectionSetNode | None) -> None:
        """Gather the fields of one selection set."""
        for selection in selections.selections if selections else ():
            if selection.directives:  # which may leave it out
                raise Unplanned
            self._collect_one(selection)

    def _collect_one(self, selection: SelectionNode) -> None:
        match selection:
            case FieldNode():
                key = (selection.alias or selection.name).value
                self.fields.setdefault(key, []).append(selection)
            case InlineFragmentNode():
                self._collect_inside(selection)
            case FragmentSpreadNode() if selection.name.value not in self._spread:
                self._spread.add(selection.name.value)
                self._collect_inside(self._fragments[selection.name.value])

    def _collect_inside(self, fragment: InlineFragmentNode | FragmentDefinitionNode) -> None:
        condition = fragment.type_condition
        wanted = self._schema.get_type(condition.name.value) if condition else self._parent
        fits = wanted is self._parent
        if fits or (is_abstract_type(wanted) and self._schema.is_sub_type(wanted, self._parent)):
            self.collect(fragment.selection_set)


def _reader(asked: Asked) -> Read:
    """Return what reads a field of many objects, by the shortest way that there is for it."""
    declared = asked.definition.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    if declared.is_basic_field:
        return _attribute(declared.python_name)
    method = declared.base_resolver
    is_simple = method.self_parameter and not (
        declared.arguments or declared.extensions or method.info_parameter
    )
    return _method(method.wrapped_func) if is_simple else asked.read


def _constant(value: str) -> Read:
    return lambda sources, _, __: [value] * len(sources)


def _attribute(name: str) -> Read:
    read = attrgetter(name)
    return lambda _, records, __: [*map(read, records)]


def _method(function: Any) -> Read:
    return lambda sources, _, __: [*map(function, sources)]


def _as_it_is(values: Sequence[Any], _: Run) -> Sequence[Any]:
    return values


def _list_writer(write_items: Write, *, required: bool) -> Write:
    allowed = {list, tuple} if required else {list, tuple, NoneType}

    def write(values: Sequence[Any], run: Run) -> list[list[Any] | None]:
        if not allowed.issuperset(map(type, values)):
            raise Unplanned
        items = [item for group in values if group is not None for item in group]
        written = iter(write_items(items, run))
        return [None if group is None else [*islice(written, len(group))] for group in values]

    return write


def _object_writer(selection: Selection, *, required: bool) -> Write:
    def write(values: Sequence[Any], run: Run) -> list[dict[str, Any] | None]:
        found = {id(value): value for value in values if value is not None}
        shown: dict[int, Any] = dict(
            zip(found, selection.show([*found.values()], run), strict=True)
        )
        if required and NoneType in map(type, values):
            raise Unplanned
        return [*map(shown.get, map(id, values))]

    return write
