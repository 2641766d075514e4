"""Descriptions for those who look at the schema, out of the sentences that stand in the code."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLField, GraphQLNamedType, GraphQLSchema

_DECLARATION = "strawberry-definition"
"""Under this name Strawberry keeps the declaration of a type or field with it."""


def describe(schema: GraphQLSchema) -> None:
    """Give each type and operation that has no description the first sentence of its docstring."""
    for shown in _types_and_operations(schema):
        if not shown.description and (declared := shown.extensions.get(_DECLARATION)):
            shown.description = _first_paragraph(_described(declared))


def _types_and_operations(schema: GraphQLSchema) -> Iterator[GraphQLNamedType | GraphQLField]:
    yield from schema.type_map.values()
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        if root:
            yield from root.fields.values()


def _described(declared: Any) -> Any:
    """Return the class of a type, or the function that resolves a field."""
    resolver = getattr(declared, "base_resolver", None)
    return resolver.wrapped_func if resolver else declared.origin


def _first_paragraph(described: Any) -> str | None:
    text = inspect.getdoc(described)
    return " ".join(text.partition("\n\n")[0].split()) if text else None
