"""Writes of single rows: what a body says, and what the platform makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.address import as_guid, read_reference
from seatsync_dataverse.simulator.column import LOOKUPS
from seatsync_dataverse.simulator.happening import Happening
from seatsync_dataverse.simulator.problem import (
    Problem,
    bad_state,
    does_not_exist,
    duplicate_found,
    id_taken,
    key_taken,
    malformed,
    no_such_key,
    plugin_refused,
    undeclared,
)
from seatsync_dataverse.simulator.value import comparable, from_literal, read_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatsync_dataverse.simulator.address import Segment
    from seatsync_dataverse.simulator.column import Column
    from seatsync_dataverse.simulator.happening import Intent
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.relationship import Relationship
    from seatsync_dataverse.simulator.rows import Row
    from seatsync_dataverse.simulator.table import Table

Changes = dict[str, Any]
"""What a write sets, by logical name of the column."""

_BIND = "@odata.bind"


@dataclass
class Writer:
    """Writes rows of an organisation."""

    organization: Organization
    business_rules: list[Callable[[str, Changes], str | None]] = field(default_factory=list)
    """Each is given the table and the changes, and returns why they are refused, or None."""

    def read_changes(
        self, table: Table, body: Mapping[str, Any], bound: Mapping[str, str] | None = None
    ) -> Changes:
        """Return what a body sets; raises `Problem`. `bound` says what `$1` refers to."""
        changes: Changes = {}
        for name, value in body.items():
            found = self._read(table, name, value, bound or {})
            if found is not None:
                changes[found[0]] = found[1]
        return changes

    def find(self, table: Table, segment: Segment) -> Row | None:
        """Return the row that an address names by id or by alternate key, or None."""
        if segment.row_id is not None:
            return table.rows.get(segment.row_id)
        key = table.key_over(set(segment.keys))
        values = self.key_values(table, segment)
        return table.rows.by_key(key.slots, tuple(values[name] for name in key.columns))

    def key_values(self, table: Table, segment: Segment) -> Changes:
        """Return the values of an address's key, by logical name; raises `Problem`."""
        values: Changes = {}
        for name, text in segment.keys.items():
            column = table.shown.get(name) or table.columns[name]
            try:
                values[column.logical] = from_literal(column, text)
            except ValueError as error:
                raise malformed(table.set_name, f"{text} is no value for {name}.") from error
        return values

    def create(
        self, table: Table, changes: Changes, intent: Intent, row_id: str | None = None
    ) -> Row:
        """Add a row; raises `Problem`."""
        organization = self.organization
        row_id = row_id or organization.new_id()
        if table.rows.get(row_id) is not None:
            raise id_taken()
        changes.pop(table.id_column, None)
        self._obey(table, changes, intent)
        self._check_unique(table, changes)
        whole = self._born(table, changes, intent) | {table.id_column: row_id}
        with organization.ledger.atomically():
            row = self._put(table, row_id, whole, ())
            self._tell("Create", table, row_id, intent, changes)
        return row

    def update(self, table: Table, row: Row, changes: Changes, intent: Intent) -> Row:
        """Change a row, also where the values are equal: its version changes; raises `Problem`."""
        changes.pop(table.id_column, None)
        self._obey(table, changes, intent)
        whole = self._stated(table, changes, row) | self._touched(table, intent)
        with self.organization.ledger.atomically():
            changed = self._put(table, row.row_id, whole, row.values)
            self._tell("Update", table, row.row_id, intent, changes)
        return changed

    def delete(self, table: Table, row: Row, intent: Intent) -> None:
        """Delete a row, and do what relationships say with those that refer to it."""
        with self.organization.ledger.atomically():
            for relationship in self.organization.relationships:
                if relationship.referenced == table.logical:
                    self._release(relationship, row.row_id, intent)
            table.rows.remove(row.row_id)
            self._tell("Delete", table, row.row_id, intent, {})

    def _read(
        self, table: Table, name: str, value: Any, bound: Mapping[str, str]
    ) -> tuple[str, Any] | None:
        property_name, at, annotation = name.partition("@")
        if at and (not property_name or annotation != _BIND[1:]):
            return None
        if property_name in table.navigations and (at or value is None):
            return self._read_bind(table, property_name, value, bound)
        if at:
            raise undeclared(table.set_name, property_name)
        return self._read_plain(table, name, value)

    def _read_plain(self, table: Table, name: str, value: Any) -> tuple[str, Any] | None:
        column = table.columns.get(name)
        if column is None or column.kind in LOOKUPS:
            raise malformed(
                table.set_name,
                f"The property '{name}' does not exist on type "
                f"'Microsoft.Dynamics.CRM.{table.logical}'.",
            )
        if not column.is_writable:
            return None
        return name, read_value(column, value, table.logical)

    def _read_bind(
        self, table: Table, name: str, value: Any, bound: Mapping[str, str]
    ) -> tuple[str, Any]:
        column, target = table.navigations[name]
        if value is None:
            return column.logical, None
        reference = bound.get(str(value), str(value))
        return column.logical, self._resolve(reference, target)

    def _resolve(self, reference: str, target: str) -> str:
        segment = read_reference(reference)
        table = self.organization.table_of_set(segment.name)
        if table.logical != target or not segment.is_one:
            raise malformed(table.set_name, f"'{reference}' does not refer to {target}.")
        row = self.find(table, segment)
        if row is not None:
            return row.row_id
        if segment.row_id is not None:
            raise does_not_exist(table.logical, segment.row_id)
        raise no_such_key(table.logical)

    def _obey(self, table: Table, changes: Changes, intent: Intent) -> None:
        if not intent.obeys_rules:
            return
        for rule in self.business_rules:
            message = rule(table.logical, dict(changes))
            if message is not None:
                raise plugin_refused(message)

    def _check_unique(self, table: Table, changes: Changes) -> None:
        names = self.organization.unique_columns.get(table.logical)
        if names is None or not set(names) <= changes.keys():
            return
        first = table.rows.matching(table.columns[names[0]].slot, changes[names[0]])
        if any(_alike(table, row, names, changes) for row in first):
            raise id_taken()

    def _born(self, table: Table, changes: Changes, intent: Intent) -> Changes:
        whole = {**changes}
        for name, value in self._defaults(intent):
            if name in table.columns:
                whole.setdefault(name, value)
        return self._stated(table, whole, None) | self._touched(table, intent)

    def _defaults(self, intent: Intent) -> tuple[tuple[str, Any], ...]:
        return (
            ("createdon", self.organization.now()),
            ("createdby", intent.user_id),
            ("ownerid", intent.user_id),
            ("owningbusinessunit", self.organization.business_unit_id),
            ("statecode", 0),
        )

    def _touched(self, table: Table, intent: Intent) -> Changes:
        touched = {"modifiedon": self.organization.now(), "modifiedby": intent.user_id}
        return {name: value for name, value in touched.items() if name in table.columns}

    def _stated(self, table: Table, changes: Changes, row: Row | None) -> Changes:
        """Give a state its first status, and money its currency."""
        status = table.columns.get("statuscode")
        if status is not None and not changes.keys().isdisjoint({"statecode", "statuscode"}):
            changes = changes | _state_and_status(table, status, changes, row)
        if any(changes.get(name) is not None for name in table.money):
            held = _held(table, row, "transactioncurrencyid")
            currency = held or self.organization.currency_id
            changes = {"transactioncurrencyid": currency, **changes}
        return changes

    def _put(self, table: Table, row_id: str, whole: Changes, held: tuple[Any, ...]) -> Row:
        values = list(held) + [None] * (len(table.columns) - len(held))
        for name, value in whole.items():
            values[table.columns[name].slot] = value
        kept = tuple(values)
        for key in table.keys:
            if key.status == "Active" and table.rows.holder(key.slots, kept, row_id):
                labels = [table.columns[name].label or name for name in key.columns]
                raise key_taken(labels, key.label)
        return table.rows.put(row_id, kept)

    def check_duplicates(self, table: Table, changes: Changes, row_id: str | None) -> None:
        """Apply the duplicate detection rules; raises `Problem`."""
        for logical, names in self.organization.duplicate_rules:
            if logical != table.logical or not set(names) <= changes.keys():
                continue
            first = table.rows.matching(table.columns[names[0]].slot, changes[names[0]])
            if any(_alike(table, row, names, changes) for row in first if row.row_id != row_id):
                raise duplicate_found()

    def _release(self, relationship: Relationship, row_id: str, intent: Intent) -> None:
        table = self.organization.tables[relationship.referencing]
        column = table.columns[relationship.column]
        for row in table.rows.matching(column.slot, row_id):
            match relationship.on_delete:
                case "Cascade":
                    self.delete(table, row, intent)
                case "Restrict":
                    raise Problem(
                        400,
                        "0x80040227",
                        "The object cannot be deleted because it is associated with another "
                        "object.",
                    )
                case _:
                    table.rows.put(row.row_id, _without(row, column))

    def _tell(
        self, message: str, table: Table, row_id: str, intent: Intent, changes: Changes
    ) -> None:
        self.organization.tell(
            Happening(
                message,
                table.logical,
                row_id,
                intent.user_id,
                intent.tag,
                dict(changes),
                intent.wakes_steps,
                intent.silenced,
            )
        )


def _state_and_status(table: Table, status: Column, changes: Changes, row: Row | None) -> Changes:
    state = changes.get("statecode", _held(table, row, "statecode"))
    code = changes.get("statuscode")
    if code is None:
        code = next(value for value, owner in status.states.items() if owner == state)
    if status.states.get(code) != state:
        raise bad_state()
    return {"statecode": state, "statuscode": code}


def _held(table: Table, row: Row | None, name: str) -> Any:
    return None if row is None else row.value(table.columns[name].slot)


def _alike(table: Table, row: Row, names: tuple[str, ...], changes: Changes) -> bool:
    return all(
        comparable(row.value(table.columns[name].slot)) == comparable(changes[name])
        for name in names
    )


def _without(row: Row, column: Column) -> tuple[Any, ...]:
    # The platform takes the link away by itself: the row has a new version, and neither
    # `modifiedon` nor `modifiedby` says so (general knowledge).
    return tuple(None if slot == column.slot else value for slot, value in enumerate(row.values))


def id_in(table: Table, body: Mapping[str, Any]) -> str | None:
    """Return the primary key that a body names, or None; raises `Problem`."""
    value = body.get(table.id_column)
    if value is None:
        return None
    guid = as_guid(str(value))
    if guid is None:
        raise malformed(table.set_name, f"'{value}' is no identifier.")
    return guid
