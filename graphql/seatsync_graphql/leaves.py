"""How scalars and enums are written: as their types say, by a shorter way for common values."""

from __future__ import annotations

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
    from collections.abc import Callable, Mapping

    from graphql import GraphQLLeafType

    from seatsync_graphql.plan import Run, Write

    Spellings = Mapping[type, Callable[[Any], Any]]


def _as_it_is(value: Any) -> Any:
    return value


def _small(value: int) -> int:
    if not GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT:
        raise Unplanned
    return value


_SCALARS: Mapping[Any, Spellings] = {
    GraphQLString: {str: _as_it_is},
    GraphQLID: {UUID: str, str: _as_it_is},
    GraphQLInt: {int: _small},
    GraphQLBoolean: {bool: _as_it_is},
}
"""What the built-in scalars make of values that are of exactly these types."""


def leaf_writer(kind: GraphQLLeafType, *, required: bool) -> Write:
    """Return what writes values of a scalar or an enum."""
    spell = _spellings(kind).get

    def write(value: Any, _: Run) -> Any:
        known = spell(type(value))
        if known is not None:
            return known(value)
        if value is None and not required:
            return None
        return _written(kind, value)

    return write


def _spellings(kind: GraphQLLeafType) -> Spellings:
    if isinstance(kind, GraphQLEnumType):
        members = kind.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].wrapped_cls
        names = {member: kind.coerce_output_value(member) for member in members}
        return {members: names.__getitem__}
    return _SCALARS.get(kind, {})


def _written(kind: GraphQLLeafType, value: Any) -> Any:
    if value is None or isinstance(value, Exception):
        raise Unplanned
    written = kind.coerce_output_value(value)
    if written is None or written is Undefined:
        raise Unplanned
    return written
