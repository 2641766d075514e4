"""How scalars and enums are written: as their types say, by a shorter way for common values."""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLString,
    Undefined,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from seatsync_graphql.plan import Unplanned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphql import GraphQLLeafType

    from seatsync_graphql.plan import Run, Write

    Values = Sequence[Any]
    Ways = Mapping[type, Callable[[Values], Values]]


def leaf_writer(kind: GraphQLLeafType, *, required: bool) -> Write:
    """Return what writes values of a scalar or an enum."""
    ways = _short_ways(kind)

    def write_present(values: Values) -> Values:
        types = {*map(type, values)}
        way = ways.get(*types) if len(types) == 1 else None
        return way(values) if way else _coerced(kind, values)

    def write(values: Values, _: Run) -> Values:
        if required or NoneType not in map(type, values):
            return write_present(values)
        written = iter(write_present([value for value in values if value is not None]))
        return [None if value is None else next(written) for value in values]

    return write


def _as_they_are(values: Values) -> Values:
    return values


def _small(values: Values) -> Values:
    if min(values) < GRAPHQL_MIN_INT or max(values) > GRAPHQL_MAX_INT:
        raise Unplanned
    return values


def _as_text(values: Values) -> Values:
    return [*map(str, values)]


_SCALARS: Mapping[Any, Ways] = {
    GraphQLString: {str: _as_they_are},
    GraphQLID: {str: _as_they_are, UUID: _as_text},
    GraphQLInt: {int: _small},
    GraphQLBoolean: {bool: _as_they_are},
}
"""What the built-in scalars make of values that are all of exactly one type."""


def _short_ways(kind: GraphQLLeafType) -> Ways:
    if not isinstance(kind, GraphQLEnumType):
        return _SCALARS.get(kind, {})
    members = kind.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].wrapped_cls
    name_of = {member: kind.coerce_output_value(member) for member in members}.__getitem__
    return {members: lambda values: [*map(name_of, values)]}


def _coerced(kind: GraphQLLeafType, values: Values) -> Values:
    """Write values as the type says; raise `Unplanned` for what it does not take."""
    if any(value is None or isinstance(value, Exception) for value in values):
        raise Unplanned
    written = [*map(kind.coerce_output_value, values)]
    if any(value is None or value is Undefined for value in written):
        raise Unplanned
    return written
