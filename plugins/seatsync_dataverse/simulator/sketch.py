"""Tables in few words, for tests of other things than set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.attribute import Definition, option_set, plain
from seatsync_dataverse.simulator.column import Kind
from seatsync_dataverse.simulator.label import label

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.definitions import Definitions

ColumnSketch = Kind | Mapping[int, str] | str
"""What a column holds: a kind, the labels of a choice by value, or the table it refers to."""


@dataclass(frozen=True, slots=True)
class TableSketch:
    """A table by its schema name, its columns by theirs, and its alternate keys.

    The first text column is the primary name. Deleting what a lookup refers to removes the link.
    """

    schema: str
    columns: Mapping[str, ColumnSketch]
    keys: Sequence[Sequence[str]] = ()
    """Logical names of the columns of each key."""
    tracks_changes: bool = True
    longest_text: int = 4000
    date_only: frozenset[str] = field(default_factory=frozenset)
    """Schema names of the dates that have no time."""


def draw(definitions: Definitions, sketch: TableSketch) -> None:
    """Make the table of a sketch, with its lookups, and its keys ready for use."""
    logical = sketch.schema.lower()
    definitions.create_entity(_entity(sketch))
    for schema, column in sketch.columns.items():
        if isinstance(column, str) and not isinstance(column, Kind):
            definitions.create_relationship(_relationship(logical, schema, column))
    for columns in sketch.keys:
        name = f"{logical}_{'_'.join(columns)}"
        body = {"SchemaName": name, "KeyAttributes": list(columns), "DisplayName": label(name)}
        definitions.create_key(logical, body).ready_at_s = 0.0
    definitions.organization.settle_keys()


def _entity(sketch: TableSketch) -> Definition:
    attributes = [
        _attribute(sketch, schema, column)
        for schema, column in sketch.columns.items()
        if isinstance(column, Kind | Mapping)
    ]
    first = next(item for item in attributes if "StringAttribute" in item["@odata.type"])
    first["IsPrimaryName"] = True
    return {
        "SchemaName": sketch.schema,
        "ChangeTrackingEnabled": sketch.tracks_changes,
        "Attributes": attributes,
    }


def _attribute(sketch: TableSketch, schema: str, column: Kind | Mapping[int, str]) -> Definition:
    if isinstance(column, Mapping):
        return plain(schema, Kind.PICKLIST, OptionSet=option_set(dict(column)))
    if column is Kind.STRING:
        return plain(schema, column, MaxLength=sketch.longest_text)
    if schema in sketch.date_only:
        return plain(schema, column, DateTimeBehavior={"Value": "DateOnly"})
    return plain(schema, column)


def _relationship(logical: str, schema: str, target: str) -> Definition:
    return {
        "SchemaName": f"{target}_{logical}_{schema}",
        "ReferencedEntity": target,
        "ReferencingEntity": logical,
        "CascadeConfiguration": {"Delete": "RemoveLink"},
        "Lookup": {"SchemaName": schema, "DisplayName": label(schema)},
    }
