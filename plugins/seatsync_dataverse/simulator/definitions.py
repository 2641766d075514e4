"""The metadata of the organisation: what tables are defined as, and how definitions change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.attribute import column_of, whole
from seatsync_dataverse.simulator.column import CHOICES, Kind
from seatsync_dataverse.simulator.entity import (
    PRIVILEGES,
    money_attributes,
    right_of,
    system_attributes,
    whole_entity,
)
from seatsync_dataverse.simulator.label import merged, text_of
from seatsync_dataverse.simulator.problem import Problem
from seatsync_dataverse.simulator.relationship import Relationship
from seatsync_dataverse.simulator.table import Key, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seatsync_dataverse.simulator.attribute import Definition
    from seatsync_dataverse.simulator.column import Column
    from seatsync_dataverse.simulator.organization import Organization

_FIRST_CODE = 10_001
_MOST_KEYS = 10
_MOST_KEY_COLUMNS = 16
_KEY_KINDS = CHOICES | {
    *(Kind.DECIMAL, Kind.INTEGER, Kind.STRING, Kind.DATETIME, Kind.LOOKUP),
}
_LABELS = ("DisplayName", "DisplayCollectionName", "Description")
_FIXED = ("MetadataId", "LogicalName", "SchemaName", "EntitySetName", "ObjectTypeCode")


@dataclass
class Definitions:
    """Definitions of tables, columns, keys and relationships."""

    organization: Organization
    key_index_s: float = 5.0
    """How long the index of a key is being built."""
    entities: dict[str, Definition] = field(default_factory=dict)
    attributes: dict[str, dict[str, Definition]] = field(default_factory=dict)
    on_entity: list[Callable[[Definition], None]] = field(default_factory=list)
    """Who is told of a new table."""
    stale_s: float = 0.0
    """How long what is new stays hidden from reads that do not ask for strong consistency."""
    _unpublished: dict[str, Definition] = field(default_factory=dict)
    _made_at_s: dict[str, float] = field(default_factory=dict)

    def create_entity(self, posted: Definition) -> Definition:
        """Make a table with its columns, and return its definition; raises `Problem`."""
        entity = self._new_entity(posted)
        self._make_table(entity)
        logical = entity["LogicalName"]
        for attribute in [*system_attributes(entity), *posted["Attributes"]]:
            if attribute["SchemaName"].lower() not in self.attributes[logical]:
                self.create_attribute(logical, attribute)
        for told in self.on_entity:
            told(entity)
        return entity

    def _new_entity(self, posted: Definition) -> Definition:
        columns = posted.get("Attributes") or []
        names = [item for item in columns if item.get("IsPrimaryName")]
        if len(names) != 1:
            raise _invalid("Exactly one attribute must be the primary name.")
        for item in columns:
            column_of(item)
        code = _FIRST_CODE + len(self.entities)
        entity = whole_entity(posted, self._new_metadata_id(), code)
        if entity["LogicalName"] in self.entities:
            raise Problem(400, "0x80047010", f"{entity['LogicalName']} already exists.")
        entity["PrimaryNameAttribute"] = str(names[0]["SchemaName"]).lower()
        return entity

    def _make_table(self, entity: Definition) -> None:
        organization, logical = self.organization, entity["LogicalName"]
        self.entities[logical] = entity
        self.attributes[logical] = {}
        table = Table(
            logical,
            entity["SchemaName"],
            entity["EntitySetName"],
            entity["PrimaryIdAttribute"],
            entity["PrimaryNameAttribute"],
            organization.new_rows(),
            right_of(entity),
            entity["ChangeTrackingEnabled"],
            entity["IsOptimisticConcurrencyEnabled"],
        )
        organization.add_table(table)
        entity["Privileges"] = [
            {
                "Name": f"prv{verb}{right_of(entity)}",
                "PrivilegeId": organization.new_id(),
                "PrivilegeType": verb,
                "CanBeGlobal": True,
            }
            for verb in PRIVILEGES
        ]

    def create_attribute(self, logical: str, posted: Definition) -> Definition:
        """Give a table a column, and return its definition; raises `Problem`."""
        table = self.organization.tables[logical]
        column = column_of(posted)
        if column.logical in table.columns:
            raise Problem(
                400, "0x80047013", f"A column with the name {column.logical} already exists."
            )
        definition = whole(posted, logical, column.kind, self._new_metadata_id())
        self.attributes[logical][column.logical] = definition
        table.add(column)
        if column.kind is Kind.MONEY and "transactioncurrencyid" not in table.columns:
            for attribute in money_attributes():
                self.create_attribute(logical, attribute)
        return definition

    def create_relationship(self, posted: Definition) -> Relationship:
        """Make a lookup, and the relationship that it stands for; raises `Problem`."""
        lookup: Definition = posted.get("Lookup") or {}
        if "SchemaName" not in lookup:
            raise _invalid("A relationship is made with its lookup.")
        referenced, referencing = posted["ReferencedEntity"], posted["ReferencingEntity"]
        for logical in (referenced, referencing):
            if logical not in self.entities:
                raise _invalid(f"There is no table {logical}.")
        if any(held.schema == posted["SchemaName"] for held in self.organization.relationships):
            raise _invalid(f"A relationship named {posted['SchemaName']} already exists.")
        typed = {**lookup, "@odata.type": "Microsoft.Dynamics.CRM.LookupAttributeMetadata"}
        made = self.create_attribute(referencing, {**typed, "Targets": [referenced]})
        relationship = Relationship(
            posted["SchemaName"],
            referenced,
            referencing,
            made["LogicalName"],
            (posted.get("CascadeConfiguration") or {}).get("Delete", "RemoveLink"),
            self._whole_relationship(posted, made["LogicalName"]),
        )
        self.organization.relationships.append(relationship)
        return relationship

    def _whole_relationship(self, posted: Definition, column: str) -> Definition:
        return {
            **{name: value for name, value in posted.items() if name != "Lookup"},
            "@odata.type": "#Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
            "ReferencingAttribute": column,
            "ReferencingEntityNavigationPropertyName": posted["Lookup"]["SchemaName"],
            "ReferencedEntityNavigationPropertyName": posted["SchemaName"],
            "RelationshipType": "OneToManyRelationship",
            "MetadataId": self._new_metadata_id(),
        }

    def create_key(self, logical: str, posted: Definition) -> Key:
        """Define an alternate key; its index is built later; raises `Problem`."""
        table = self.organization.table(logical)
        columns = [_key_column(table, str(name)) for name in posted.get("KeyAttributes") or ()]
        if not 1 <= len(columns) <= _MOST_KEY_COLUMNS or len(table.keys) >= _MOST_KEYS:
            raise _invalid("A table has at most 10 keys, and a key at most 16 columns.")
        schema = str(posted["SchemaName"])
        if any(key.logical == schema.lower() for key in table.keys):
            raise _invalid(f"A key named {schema} already exists.")
        key = Key(
            schema,
            tuple(column.logical for column in columns),
            tuple(column.slot for column in columns),
            text_of(posted.get("DisplayName"), schema),
            self._new_metadata_id(),
            self.organization.clock.monotonic() + self.key_index_s,
        )
        table.keys.append(key)
        return key

    def reactivate_key(self, logical: str, name: str) -> None:
        """Try again to build the index of a key; raises `Problem`."""
        for key in self.organization.table(logical).keys:
            if key.logical == name.lower():
                key.status = "Pending"
                key.ready_at_s = self.organization.clock.monotonic() + self.key_index_s
                return
        raise _invalid(f"There is no key {name}.")

    def replace_entity(self, logical: str, put: Definition, *, merges_labels: bool) -> None:
        """Put another definition in a table's place, to be published; raises `Problem`."""
        held = self._unpublished.get(logical, self.entities[logical])
        if held["ChangeTrackingEnabled"] and not put.get("ChangeTrackingEnabled"):
            raise _invalid("Change tracking cannot be turned off again.")
        if "SchemaName" not in put or "DisplayName" not in put:
            raise _invalid("The whole definition must be put.")
        definition = {**put, **{name: held[name] for name in _FIXED}}
        if merges_labels:
            definition |= {name: merged(held.get(name), put.get(name)) for name in _LABELS}
        self._unpublished[logical] = definition

    def drop_key(self, logical: str, key_id: str) -> None:
        """Forget an alternate key."""
        table = self.organization.tables[logical]
        for key in [key for key in table.keys if key.key_id == key_id]:
            table.keys.remove(key)
            if all(held.slots != key.slots for held in table.keys):
                table.rows.drop_key(key.slots)

    def visible(self, found: Iterable[Definition], *, strong: bool) -> list[Definition]:
        """Return the definitions that a read sees: not the newest, if it is a stale one."""
        seen_s = self.organization.clock.monotonic() - (0.0 if strong else self.stale_s)
        return [
            definition
            for definition in found
            if self._made_at_s.get(definition["MetadataId"], 0.0) <= seen_s
        ]

    def _new_metadata_id(self) -> str:
        made = self.organization.new_id()
        self._made_at_s[made] = self.organization.clock.monotonic()
        return made

    def publish(self, logical: str | None = None) -> None:
        """Let what was put take effect, for one table or for all."""
        for name in [logical] if logical else list(self._unpublished):
            definition = self._unpublished.pop(name, None)
            if definition is None:
                continue
            self.entities[name] = {**definition, "Privileges": self.entities[name]["Privileges"]}
            table = self.organization.tables[name]
            table.tracks_changes = bool(definition.get("ChangeTrackingEnabled"))
            table.has_versions = bool(definition.get("IsOptimisticConcurrencyEnabled", True))


def _key_column(table: Table, name: str) -> Column:
    column = table.columns.get(name)
    if column is None:
        raise _invalid(f"There is no column {name} in {table.logical}.")
    if column.kind not in _KEY_KINDS:
        raise Problem(400, "0x8006088f", f"A column of type {column.kind} cannot be part of a key.")
    return column


def _invalid(reason: str) -> Problem:
    return Problem(400, "0x80040203", reason)
