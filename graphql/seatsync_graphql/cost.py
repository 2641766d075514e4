"""What an operation costs: how many records it may read, known before any of them is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    InlineFragmentNode,
    IntValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    value_from_ast_untyped,
)

from seatsync.domain.paging import DEFAULT_SIZE, LARGEST_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphql import (
        DocumentNode,
        GraphQLField,
        GraphQLOutputType,
        GraphQLSchema,
        OperationDefinitionNode,
        SelectionNode,
        SelectionSetNode,
        ValueNode,
    )

SHORT_LIST = 10
"""How long a list without paging is taken to be."""

ALL_PAGED = frozenset({"nodes", "edges"})
"""The fields of a connection that hold as much as the page is long."""

DEAR = {
    "subscriptionSyncPreview": 100_000,
    "diagnose": 100_000,
    "__schema": 40_000,
    "__type": 2_000,
}
"""Fields that cost more than the records they return."""


@dataclass(frozen=True, slots=True)
class Size:
    """How long a page is: what variables say, or else a number."""

    variables: tuple[str, ...]
    otherwise: int

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the length for these variables; senseless ones are refused elsewhere."""
        for name in self.variables:
            value = variables.get(name)
            if isinstance(value, int):
                return _sensible(value)
        return self.otherwise


@dataclass(frozen=True, slots=True)
class Cost:
    """Records to be read: a sum of numbers, each times the lengths of the pages around it."""

    terms: Mapping[tuple[Size, ...], int]

    def of(self, variables: Mapping[str, Any] | None) -> int:
        """Return the number of records for these variables."""
        given = variables or {}
        return sum(
            count * prod(size.of(given) for size in sizes) for sizes, count in self.terms.items()
        )


def cost_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Cost:
    """Return the cost of one operation of a valid document."""
    root = schema.get_root_type(operation.operation)
    return Cost(_Counting(schema, document, operation).selections(root, operation.selection_set))


_Terms = Counter[tuple[Size, ...]]


class _Counting:
    """Adds up an operation, each fragment once."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self._schema = schema
        self._fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self._defaults = {
            one.variable.name.value: value_from_ast_untyped(one.default_value)
            for one in operation.variable_definitions or ()
            if one.default_value is not None
        }
        self._counted: dict[tuple[str, Size | None], _Terms] = {}

    def selections(
        self, parent: Any, selections: SelectionSetNode | None, page: Size | None = None
    ) -> _Terms:
        """Add up what is selected on `parent`; `page` is its length where it is a connection."""
        found: _Terms = Counter()
        for selection in selections.selections if selections else ():
            found.update(self._selection(parent, selection, page))
        return found

    def _selection(self, parent: Any, selection: SelectionNode, page: Size | None) -> _Terms:
        match selection:
            case FieldNode():
                return self._field(parent, selection, page)
            case FragmentSpreadNode():
                return self._fragment(selection.name.value, page)
            case InlineFragmentNode(type_condition=condition):
                inside = self._schema.get_type(condition.name.value) if condition else parent
                return self.selections(inside, selection.selection_set, page)
            case _:
                return Counter()

    def _fragment(self, name: str, page: Size | None) -> _Terms:
        if (name, page) not in self._counted:
            fragment = self._fragments[name]
            inside = self._schema.get_type(fragment.type_condition.name.value)
            self._counted[name, page] = self.selections(inside, fragment.selection_set, page)
        return self._counted[name, page]

    def _field(self, parent: Any, node: FieldNode, page: Size | None) -> _Terms:
        name = node.name.value
        found: _Terms = Counter({(): DEAR[name]} if name in DEAR else {})
        field = _field_of(parent, name)
        if field is None or not is_composite_type(get_named_type(field.type)):
            return found
        opened = self._page_size(node) if "first" in field.args else None
        inner = self.selections(get_named_type(field.type), node.selection_set, opened)
        inner[()] += 1
        found.update(_many(inner, page if name in ALL_PAGED else _unpaged(field)))
        return found

    def _page_size(self, node: FieldNode) -> Size:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        wanted = [given[name] for name in ("first", "last") if name in given]
        variables = tuple(one.name.value for one in wanted if isinstance(one, VariableNode))
        return Size(variables, self._otherwise(wanted))

    def _otherwise(self, wanted: Iterable[ValueNode]) -> int:
        for value in wanted:
            match value:
                case IntValueNode(value=text):
                    return _sensible(int(text[:9]))
                case VariableNode(name=name) if isinstance(self._defaults.get(name.value), int):
                    return _sensible(self._defaults[name.value])
        return DEFAULT_SIZE


def _many(inner: _Terms, size: Size | None) -> _Terms:
    if size is None:
        return inner
    if not size.variables:
        return Counter({sizes: count * size.otherwise for sizes, count in inner.items()})
    return Counter({(*sizes, size): count for sizes, count in inner.items()})


def _unpaged(field: GraphQLField) -> Size | None:
    return Size((), SHORT_LIST) if _is_list(field.type) else None


def _field_of(parent: Any, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        field: GraphQLField | None = parent.fields.get(name)
        return field
    return None


def _is_list(output: GraphQLOutputType) -> bool:
    return is_list_type(output.of_type if is_non_null_type(output) else output)


def _sensible(size: int) -> int:
    return max(1, min(size, LARGEST_SIZE))
