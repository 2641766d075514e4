"""What set-up posts for our tables, derived from their shapes; no effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.ownership import FieldKind
from seatsync_dataverse import blueprint
from seatsync_dataverse.customization import Publisher, Solution
from seatsync_dataverse.schema import LONGEST_TEXT, OPTION_PREFIX, PREFIX, option_label
from seatsync_dataverse.shape import MONEY_PRECISION, NUMBER_PRECISION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatsync_dataverse.blueprint import Blueprint
    from seatsync_dataverse.shape import Column, Shape

PUBLISHER = Publisher("seatsync", "seatsync", PREFIX, OPTION_PREFIX)
SOLUTION = Solution("seatsync", "seatsync")
PRIMARY = "name"
"""The field that names a row."""

_MOST = 2**31 - 1


def table_of(shape: Shape) -> Blueprint:
    """Return the table with all columns that do not come with its lookups or the platform."""
    columns = [
        column_of(column, is_primary=column.field.name == PRIMARY)
        for column in plain_columns(shape)
    ]
    if shape.title is not None:
        columns.insert(0, blueprint.text(shape.title, "Name", LONGEST_TEXT, is_primary=True))
    return blueprint.table(shape.schema_name, shape.name, shape.plural, shape.description, columns)


def plain_columns(shape: Shape) -> list[Column]:
    """Return the columns that set-up makes one by one."""
    return [one for one in _made_columns(shape) if one.field.kind is not FieldKind.REFERENCE]


def lookup_columns(shape: Shape) -> list[Column]:
    """Return the lookups that set-up makes with their relationships."""
    return [one for one in _made_columns(shape) if one.field.kind is FieldKind.REFERENCE]


def _made_columns(shape: Shape) -> list[Column]:
    return [one for one in shape.columns if one.is_ours and not one.is_by_platform]


def column_of(column: Column, *, is_primary: bool = False) -> Blueprint:
    """Return a column that is no lookup; a primary one can only be made with its table."""
    made = _MAKERS[column.field.kind](column)
    return {**made, "IsPrimaryName": True} if is_primary else made


def lookup_of(shape: Shape, column: Column, target: Shape, target_id: str) -> Blueprint:
    """Return the relationship of a lookup to the table `target`, whose key is `target_id`."""
    return blueprint.lookup(
        f"{PREFIX}_{shape.noun}_{column.field.name}",
        blueprint.lookup_column(column.schema_name, column.field.label),
        shape.logical_name,
        target.logical_name,
        target_id,
    )


def key_of(shape: Shape) -> Blueprint:
    """Return the alternate key of a table: no two of its rows are the same thing."""
    name = f"{PREFIX}_{shape.name.replace(' ', '')}Key"
    return blueprint.key(name, f"{shape.name} Key", shape.key)


def _text(column: Column) -> Blueprint:
    return blueprint.text(column.schema_name, column.field.label, column.length or LONGEST_TEXT)


def _memo(column: Column) -> Blueprint:
    return blueprint.memo(column.schema_name, column.field.label, column.length or LONGEST_TEXT)


def _choice(column: Column) -> Blueprint:
    options = {value: option_label(word) for word, value in column.options.items()}
    return blueprint.choice(column.schema_name, column.field.label, options)


_MAKERS: Mapping[FieldKind, Callable[[Column], Blueprint]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _memo,
    FieldKind.INTEGER: lambda one: blueprint.integer(
        one.schema_name, one.field.label, -_MOST - 1, _MOST
    ),
    FieldKind.DECIMAL: lambda one: blueprint.decimal(
        one.schema_name, one.field.label, NUMBER_PRECISION
    ),
    FieldKind.MONEY: lambda one: blueprint.money(one.schema_name, one.field.label, MONEY_PRECISION),
    FieldKind.FLAG: lambda one: blueprint.boolean(one.schema_name, one.field.label),
    FieldKind.CHOICE: _choice,
    FieldKind.INSTANT: lambda one: blueprint.instant(one.schema_name, one.field.label),
    FieldKind.DAY: lambda one: blueprint.day(one.schema_name, one.field.label),
}
