"""How rows are shown: selected properties, annotations, and neighbours that come along."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.column import CHOICES, LOOKUPS, TEXTS, Kind
from seatsync_dataverse.simulator.problem import bad_question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatsync_dataverse.simulator.column import Column
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.preference import Preferences
    from seatsync_dataverse.simulator.rows import Row
    from seatsync_dataverse.simulator.table import Table

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOGICAL_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"
_CURRENCY = "_transactioncurrencyid_value"
_UNFORMATTED = TEXTS | {Kind.ID}
_EXPANDED = re.compile(r"(\w+)(?:\(([^()]*)\))?(?:,|$)")


@dataclass(frozen=True, slots=True)
class View:
    """What of a table's rows is shown."""

    organization: Organization
    table: Table
    columns: Sequence[Column]
    annotations: frozenset[str] = frozenset()
    expanded: dict[str, View] = field(default_factory=dict)

    def show(self, row: Row) -> dict[str, Any]:
        """Return a row as an object."""
        shown: dict[str, Any] = {"@odata.etag": row.etag}
        for column in self.columns:
            value = row.value(column.slot)
            if self.annotations and value is not None:
                shown |= self._annotated(column, value)
            shown[column.wire] = value
        for name, view in self.expanded.items():
            shown[name] = self._neighbour(name, view, row)
        return shown

    def _neighbour(self, name: str, view: View, row: Row) -> Any:
        if name in self.table.navigations:
            column, _ = self.table.navigations[name]
            found = view.table.rows.get(row.value(column.slot) or "")
            return None if found is None else view.show(found)
        relationship = self.organization.relationship(name)
        slot = view.table.columns[relationship.column].slot
        return [view.show(found) for found in view.table.rows.matching(slot, row.row_id)]

    def _annotated(self, column: Column, value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if FORMATTED in self.annotations and column.kind not in _UNFORMATTED:
            found[f"{column.wire}@{FORMATTED}"] = self._formatted(column, value)
        if column.kind in LOOKUPS:
            found |= self._of_lookup(column, value)
        return found

    def _of_lookup(self, column: Column, value: str) -> dict[str, Any]:
        referred = self.organization.row_of(column, value)
        logical = referred[0].logical if referred else column.targets[0]
        names = [name for name, target in column.navigations.items() if target == logical]
        every = {LOGICAL_NAME: logical, NAVIGATION: names[0] if names else column.schema}
        return {f"{column.wire}@{name}": every[name] for name in self.annotations & every.keys()}

    def _formatted(self, column: Column, value: Any) -> str:
        if column.kind in LOOKUPS:
            return self.organization.name_of(column, value) or value
        if column.kind in CHOICES:
            return column.options.get(value, str(value))
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, Decimal):
            return f"{value:,.2f}"
        return str(value)


def view_of(
    organization: Organization, table: Table, options: dict[str, str], prefers: Preferences
) -> View:
    """Return what `$select` and `$expand` ask for; raises `Problem`."""
    wanted = (FORMATTED, LOGICAL_NAME, NAVIGATION)
    annotations = frozenset(name for name in wanted if prefers.includes(name))
    expanded = {
        name: view_of(organization, _target(organization, table, name), inner, prefers)
        for name, inner in _expansions(options.get("$expand", ""))
    }
    columns = selected(table, options.get("$select"))
    return View(organization, table, columns, annotations, expanded)


def selected(table: Table, select: str | None) -> list[Column]:
    """Return the columns that are shown; the primary key and currencies come unasked."""
    if select is None:
        return [column for column in table.columns.values() if not column.is_secret]
    names = [table.columns[table.id_column].wire, *filter(None, select.split(","))]
    columns = {name.strip(): table.column_shown_as(name.strip()) for name in names}
    if any(column.kind is Kind.MONEY for column in columns.values()):
        columns.setdefault(_CURRENCY, table.shown[_CURRENCY])
    return list(columns.values())


def context_of(table: Table, select: str | None) -> str:
    """Return what `@odata.context` says behind `$metadata#`."""
    return table.set_name if select is None else f"{table.set_name}({select})"


def _expansions(text: str) -> list[tuple[str, dict[str, str]]]:
    matches = list(_EXPANDED.finditer(text))
    if sum(len(match[0]) for match in matches) != len(text):
        raise bad_question(f"Term '{text}' is not valid in a $select or $expand expression.")
    return [(match[1], _inner(match[2] or "")) for match in matches]


def _inner(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(";") if "=" in part)


def _target(organization: Organization, table: Table, name: str) -> Table:
    if name in table.navigations:
        return organization.tables[table.navigations[name][1]]
    relationship = organization.relationship(name)
    if relationship.referenced != table.logical:
        raise bad_question(f"Could not find a property named '{name}' on '{table.logical}'.")
    return organization.tables[relationship.referencing]
