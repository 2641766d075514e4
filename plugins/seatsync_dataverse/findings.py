"""What is wrong with a table: its shape compared with the live one; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.ownership import FieldKind, Owner
from seatsync.sdk.crm import CrmFinding
from seatsync_dataverse.shape import CURRENCY, NUMBER_PRECISION, STATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatsync.domain.crm import CrmNoun
    from seatsync_dataverse.definition import ColumnDefinition
    from seatsync_dataverse.live_table import LiveTable
    from seatsync_dataverse.shape import Column, Shape

SET_UP = "Run `seatsync crm setup`, which makes it."
_REMAKE = "Delete the column in the CRM, then run `seatsync crm setup`, which makes it anew."
_ELSEWHERE = "Correct tables.{noun} of the CRM in config.yaml, or make it in the CRM."

_TYPES: Mapping[FieldKind, frozenset[str]] = {
    FieldKind.TEXT: frozenset({"String", "Memo"}),
    FieldKind.LONG_TEXT: frozenset({"String", "Memo"}),
    FieldKind.INTEGER: frozenset({"Integer", "BigInt"}),
    FieldKind.DECIMAL: frozenset({"Decimal"}),
    FieldKind.MONEY: frozenset({"Money"}),
    FieldKind.CURRENCY: frozenset({"Lookup"}),
    FieldKind.FLAG: frozenset({"Boolean"}),
    FieldKind.CHOICE: frozenset({"Picklist", "State"}),
    FieldKind.INSTANT: frozenset({"DateTime"}),
    FieldKind.DAY: frozenset({"DateTime"}),
    FieldKind.REFERENCE: frozenset({"Lookup", "Customer"}),
}
"""The types of columns that hold a kind of value without losing any of it."""


def findings_of(
    shape: Shape, live: LiveTable | None, shapes: Mapping[CrmNoun, Shape]
) -> Iterator[CrmFinding]:
    """Yield everything that a table lacks, or has otherwise than the agent needs it."""
    if live is None:
        yield CrmFinding(
            shape.logical_name, "the table is missing", _missing(shape, is_ours=shape.is_ours)
        )
        return
    yield from _table_findings(shape, live)
    for column in shape.columns:
        yield from _column_findings(shape, column, live, shapes)
    yield from _title_findings(shape, live)
    yield from _key_findings(shape, live)


def _missing(shape: Shape, *, is_ours: bool) -> str:
    return SET_UP if is_ours else _ELSEWHERE.format(noun=shape.noun)


def _table_findings(shape: Shape, live: LiveTable) -> Iterator[CrmFinding]:
    where = shape.logical_name
    if not live.definition.change_tracking_enabled:
        yield CrmFinding(
            where, "change tracking is off", "Run `seatsync crm setup`, which switches it on."
        )
    if not live.definition.is_optimistic_concurrency_enabled:
        yield CrmFinding(
            where,
            "optimistic concurrency is off, so that the agent could overwrite what a user changed",
            "Let an administrator enable it in the definition of the table"
            " (IsOptimisticConcurrencyEnabled).",
        )


def _column_findings(
    shape: Shape, column: Column, live: LiveTable, shapes: Mapping[CrmNoun, Shape]
) -> Iterator[CrmFinding]:
    where = f"{shape.logical_name}.{column.logical_name}"
    held = live.columns.get(column.logical_name)
    if held is None:
        yield CrmFinding(where, "the column is missing", _missing(shape, is_ours=column.is_ours))
        return
    types = _TYPES[column.field.kind]
    if held.attribute_type not in types:
        yield CrmFinding(
            where,
            f"it is a {held.attribute_type} column and must be {' or '.join(sorted(types))}"
            f" to hold the {column.field.kind} {column.field.label}",
            _mapping(shape),
        )
        return
    if not _is_writable(column, held):
        yield CrmFinding(where, "the CRM does not let it be written", _mapping(shape))
    yield from _value_findings(shape, column, live)
    yield from _lookup_findings(shape, column, live, shapes)


def _is_writable(column: Column, held: ColumnDefinition) -> bool:
    # A state that cannot be named along with a new row can be changed afterwards.
    may_be_made = held.is_valid_for_create is not False or column.logical_name == STATE
    return may_be_made and held.is_valid_for_update is not False


def _value_findings(shape: Shape, column: Column, live: LiveTable) -> Iterator[CrmFinding]:
    yield from _text_findings(shape, column, live)
    yield from _option_findings(shape, column, live)
    where, name = f"{shape.logical_name}.{column.logical_name}", column.logical_name
    places = live.precisions.get(name, NUMBER_PRECISION)
    if column.field.kind is FieldKind.DECIMAL and places < NUMBER_PRECISION:
        yield CrmFinding(
            where,
            f"it keeps {places} decimal places, and {NUMBER_PRECISION} are needed",
            f"Raise the column's precision to {NUMBER_PRECISION}.",
        )
    if column.field.kind is FieldKind.INSTANT and live.behaviors.get(name) == "DateOnly":
        yield CrmFinding(where, "it keeps days, and instants are needed", _mapping(shape))


def _text_findings(shape: Shape, column: Column, live: LiveTable) -> Iterator[CrmFinding]:
    length, held = column.length, live.lengths.get(column.logical_name)
    if length is not None and held is not None and held < length:
        yield CrmFinding(
            f"{shape.logical_name}.{column.logical_name}",
            f"it takes {held} characters, and {length} are needed",
            f"Raise the column's maximum length to {length}.",
        )


def _option_findings(shape: Shape, column: Column, live: LiveTable) -> Iterator[CrmFinding]:
    where = f"{shape.logical_name}.{column.logical_name}"
    # The values of a state are the platform's, and not listed among those of choices.
    held = live.options.get(column.logical_name, column.words)
    for word, value in column.options.items():
        if value not in held:
            remedy = SET_UP if column.is_ours else _mapping(shape)
            yield CrmFinding(where, f"the choice has no value {value} for {word}", remedy)
    if column.field.owner is Owner.AGENT:
        for word in column.field.words or ():
            if word not in column.options:
                yield CrmFinding(where, f"tables names no value for {word}", _mapping(shape))


def _lookup_findings(
    shape: Shape, column: Column, live: LiveTable, shapes: Mapping[CrmNoun, Shape]
) -> Iterator[CrmFinding]:
    if column.field.refers_to is None or column.logical_name == CURRENCY:
        return
    target = shapes[column.field.refers_to].logical_name
    referred = {
        one.referenced_entity
        for one in live.lookups
        if one.referencing_attribute == column.logical_name
    }
    if target not in referred:
        yield CrmFinding(
            f"{shape.logical_name}.{column.logical_name}",
            f"it refers to {', '.join(sorted(referred)) or 'nothing'} and must refer to {target}",
            _REMAKE if column.is_ours else _mapping(shape),
        )


def _title_findings(shape: Shape, live: LiveTable) -> Iterator[CrmFinding]:
    if shape.title is not None and shape.title.lower() not in live.columns:
        where = f"{shape.logical_name}.{shape.title.lower()}"
        yield CrmFinding(where, "the column is missing", _mapping(shape))


def _key_findings(shape: Shape, live: LiveTable) -> Iterator[CrmFinding]:
    if not shape.key:
        return
    named = ", ".join(shape.key)
    keys = [key for key in live.keys if set(key.key_attributes) == set(shape.key)]
    if not keys:
        yield CrmFinding(shape.logical_name, f"there is no key over {named}", SET_UP)
    elif not any(key.is_active for key in keys):
        yield CrmFinding(
            shape.logical_name,
            f"the key over {named} is {keys[0].entity_key_index_status}, not Active",
            "Wait until its index is built. If it failed, look for rows with the same values in"
            " these columns, then run `seatsync crm setup` again.",
        )


def _mapping(shape: Shape) -> str:
    return f"Name another column under tables.{shape.noun} of config.yaml, or change this one."
