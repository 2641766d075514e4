"""Values of fields as they are written to the columns of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import FieldKind, Owner
from seatsync.errors import BadInput, SkippedFault
from seatsync_dataverse.currencies import CURRENCIES
from seatsync_dataverse.limits import kept
from seatsync_dataverse.schema import option_label
from seatsync_dataverse.shape import ACTIVE, CURRENCY, STATE, STATUS, WEBSITE
from seatsync_dataverse.value import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.domain.crm import CrmValue
    from seatsync.sdk.crm import CrmWrite
    from seatsync_dataverse.currencies import Currencies
    from seatsync_dataverse.shape import Column, Shape
    from seatsync_dataverse.tables import Tables
    from seatsync_dataverse.value import Value, Values

_UNKNOWN_WORD = "Name its value under `tables` of the CRM in config.yaml, and add it in the CRM."


class Filling:
    """Says what to write; asks for names and currencies when a write first needs them."""

    def __init__(self, tables: Tables, currencies: Currencies) -> None:
        """Take navigation properties from `tables`, and ids of currencies from `currencies`."""
        self._tables = tables
        self._currencies = currencies

    def values(self, shape: Shape, write: CrmWrite) -> Values:
        """Return the columns that a write names, with what they can hold of its values.

        A new row gets its title, and nothing for what is empty. Raises `SkippedFault` for what
        the CRM has no value for, and `BadInput` for an update of what belongs to the CRM alone.
        """
        if not write.is_create:
            _forbid_theirs(shape, write)
        values = self._columns(shape, kept(shape, write.values))
        return {**_title(shape, write), **_born(shape, values)} if write.is_create else values

    def _columns(self, shape: Shape, held: Mapping[str, CrmValue]) -> Values:
        filled: Values = {}
        for name, value in held.items():
            column = shape.by_field[name]
            filled[column.logical_name] = self._value(shape, column, value)
            if column.logical_name == STATE and shape.is_ours:
                filled[STATUS] = _status(filled[STATE])
        return filled

    def _value(self, shape: Shape, column: Column, value: CrmValue) -> Value:
        match column.field.kind:
            case FieldKind.REFERENCE:
                return self._reference(shape, column, value)
            case FieldKind.CURRENCY:
                currency = self._currencies.id_of(str(value)) if value is not None else None
                return Reference(CURRENCY, CURRENCIES, currency)
            case FieldKind.CHOICE:
                return _option(column, value)
            case _:
                return _website(value) if column.logical_name == WEBSITE else value

    def _reference(self, shape: Shape, column: Column, value: CrmValue) -> Reference:
        target = column.field.refers_to or shape.noun
        row_id = value if isinstance(value, UUID) else None
        navigation = self._tables.navigation(shape.noun, column.logical_name, target)
        return Reference(navigation, self._tables.ref(target).entity_set, row_id)


def _forbid_theirs(shape: Shape, write: CrmWrite) -> None:
    theirs = {name for name in write.values if _owner(shape, name) is Owner.CRM_ALONE}
    if theirs:
        message = f"an update of {shape.noun} must not name {', '.join(sorted(theirs))}"
        raise BadInput(message)


def _owner(shape: Shape, name: str) -> Owner | None:
    column = shape.by_field.get(name)
    return column.field.owner if column else None


def _option(column: Column, value: CrmValue) -> Value:
    if value is None:
        return None
    if value not in column.options:
        message = f"the CRM's {column.logical_name} has no value for {value}"
        raise SkippedFault(message, remedy=_UNKNOWN_WORD)
    return column.options[str(value)]


def _status(state: Value) -> Value:
    # The first reason of each state, as every new table has it (InvalidStateCodeStatusCode).
    return state + 1 if isinstance(state, int) else None


def _website(value: CrmValue) -> Value:
    return None if value is None else f"https://{value}"


def _title(shape: Shape, write: CrmWrite) -> Values:
    return {shape.title.lower(): title_of(write.noun, write.values)} if shape.title else {}


def title_of(noun: CrmNoun, values: Mapping[str, CrmValue]) -> str:
    """Return what a row that has no name of its own is called in lists."""
    if noun is CrmNoun.LICENSE_CHANGE:
        return f"{option_label(str(values['event']))} {values['quantity_delta']:+d}"
    return option_label(str(values["kind"]))


def _born(shape: Shape, values: Values) -> Values:
    # Without a word the platform lets new rows say no (create column definitions), and be active;
    # not every table lets a state be named along with a new row.
    flags = {one.logical_name for one in shape.columns if one.field.kind is FieldKind.FLAG}
    unsaid = {STATE, STATUS} if values.get(STATE) == ACTIVE else set[str]()
    return {
        name: value
        for name, value in values.items()
        if name in flags or not (_empty(value) or name in unsaid)
    }


def _empty(value: Value) -> bool:
    return value is None or (isinstance(value, Reference) and value.row_id is None)
