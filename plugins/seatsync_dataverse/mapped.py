"""An existing schema in the place of ours: the names that `tables` of config.yaml gives; pure."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import FieldKind
from seatsync_dataverse.schema import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatsync_dataverse.settings import TableNames
    from seatsync_dataverse.shape import Column, Shape

TITLE = "name"
"""What the primary name column is called where no field stands for it."""


_INDISPENSABLE: Mapping[CrmNoun, frozenset[str]] = {
    CrmNoun.BILLING_CONTRACT: frozenset(
        {"account_id", "billing_policy", "billing_frequency", "currency", "status"}
    ),
    CrmNoun.LICENSE_CHANGE: frozenset({"subscription_id"}),
    CrmNoun.CHANGE_REQUEST: frozenset({"state"}),
}
"""What must have a column, beside keys and what a row must not leave empty."""


def shapes_for(tables: Mapping[str, TableNames]) -> Mapping[CrmNoun, Shape]:
    """Return the table of each noun; what `tables` does not name is ours."""
    return MappingProxyType({noun: _mapped(OURS[noun], tables.get(noun.value)) for noun in CrmNoun})


def mapping_problems(tables: Mapping[str, TableNames]) -> Iterator[str]:
    """Yield what `tables` names that is none of ours, or cannot be done without."""
    for noun, names in tables.items():
        if noun in set(CrmNoun):
            yield from _problems_of(OURS[CrmNoun(noun)], names)
        else:
            yield f"{noun} is none of {', '.join(CrmNoun)}"


def _problems_of(ours: Shape, names: TableNames) -> Iterator[str]:
    columns = {
        name for name, one in ours.by_field.items() if one.field.kind is not FieldKind.CURRENCY
    }
    known = columns | ({TITLE} if ours.title else set())
    for name, mapped in names.columns.items():
        if name not in known:
            yield f"{ours.noun}.columns.{name} is none of {', '.join(sorted(known))}"
        elif mapped is None and name in _needed(ours):
            yield f"{ours.noun}.columns.{name} must name a column: it cannot be done without"
    for name, values in names.options.items():
        yield from _option_problems(ours, name, values)


def _option_problems(ours: Shape, name: str, values: Mapping[str, int]) -> Iterator[str]:
    choices = {field: one for field, one in ours.by_field.items() if one.options}
    if name not in choices:
        yield f"{ours.noun}.options.{name} is none of {', '.join(sorted(choices)) or 'nothing'}"
        return
    for word in values.keys() - choices[name].options.keys():
        known = ", ".join(choices[name].options)
        yield f"{ours.noun}.options.{name}.{word} is none of {known}"


def _needed(ours: Shape) -> frozenset[str]:
    keys = {column.field.name for column in ours.columns if column.field.is_key}
    return ours.required | keys | _INDISPENSABLE.get(ours.noun, frozenset())


def _mapped(ours: Shape, names: TableNames | None) -> Shape:
    if names is None:
        return ours
    columns = [_column(column, names) for column in ours.columns]
    return replace(
        ours,
        schema_name=names.table or ours.schema_name,
        columns=_with_currency([column for column in columns if column is not None]),
        title=_title(ours, names),
        is_ours=ours.is_ours and names.table in {None, ours.logical_name},
    )


def _column(ours: Column, names: TableNames) -> Column | None:
    name = ours.field.name
    mapped = names.columns.get(name, ours.schema_name)
    if mapped is None:
        return None
    options = names.options.get(name, ours.options)
    if mapped.lower() == ours.logical_name:
        return replace(ours, options=options)
    return replace(ours, schema_name=mapped, options=options, is_ours=False)


def _with_currency(columns: Sequence[Column]) -> tuple[Column, ...]:
    # The currency comes with the first amount; a table without any has none.
    has_amount = any(column.field.kind is FieldKind.MONEY for column in columns)
    return tuple(one for one in columns if has_amount or one.field.kind is not FieldKind.CURRENCY)


def _title(ours: Shape, names: TableNames) -> str | None:
    # The primary name of a strange table is left alone unless it is named.
    default = ours.title if names.table is None else None
    return names.columns.get(TITLE, default) if ours.title else None
