"""Definitions of columns, as metadata spells them, and the columns that they make."""

from __future__ import annotations

from typing import Any

from seatsync_dataverse.simulator.column import CHOICES, Column, Kind
from seatsync_dataverse.simulator.label import label, text_of
from seatsync_dataverse.simulator.problem import Problem

Definition = dict[str, Any]

_SPACE = "Microsoft.Dynamics.CRM."
_SUFFIX = "AttributeMetadata"
_BY_TYPE = {kind.value: kind for kind in Kind} | {"UniqueIdentifier": Kind.ID}
BASE_PROPERTIES = frozenset(
    {
        *("AttributeOf", "AttributeType", "AttributeTypeName", "Description", "DisplayName"),
        *("EntityLogicalName", "IsCustomAttribute", "IsPrimaryId", "IsPrimaryName", "IsSecured"),
        *("IsValidForCreate", "IsValidForRead", "IsValidForUpdate", "LogicalName", "MetadataId"),
        *("RequiredLevel", "SchemaName", "ColumnNumber", "IsLogical", "IsManaged"),
    }
)
"""What can be selected of a column without a cast to its type."""


def type_name(kind: Kind) -> str:
    """Return the metadata type of a kind, such as `StringAttributeMetadata`."""
    return f"{kind.value.replace('Owner', 'Lookup')}{_SUFFIX}"


def kind_of(definition: Definition) -> Kind:
    """Return what a definition says that the column holds; raises `Problem`."""
    named = str(definition.get("@odata.type", "")).lstrip("#").removeprefix(_SPACE)
    kind = _BY_TYPE.get(named.removesuffix(_SUFFIX))
    if kind is None or not named.endswith(_SUFFIX):
        raise Problem(400, "0x80048d19", f"'{named}' is no type of column that can be created.")
    return kind


def column_of(definition: Definition) -> Column:
    """Return the column that a definition makes; raises `Problem`."""
    kind = kind_of(definition)
    schema = str(definition["SchemaName"])
    logical = schema.lower()
    column = Column(logical, schema, kind, label=text_of(definition.get("DisplayName"), logical))
    column.max_length = definition.get("MaxLength")
    column.minimum = definition.get("MinValue")
    column.maximum = definition.get("MaxValue")
    column.targets = tuple(definition.get("Targets", ()))
    column.is_writable = definition.get("IsValidForUpdate", True)
    column.is_secret = not definition.get("IsValidForRead", True)
    column.is_date_only = _is_date_only(definition)
    if kind is Kind.DECIMAL or (kind is Kind.MONEY and not definition.get("PrecisionSource")):
        column.precision = int(definition.get("Precision", 4 if kind is Kind.MONEY else 2))
    if kind in CHOICES:
        _add_options(column, definition)
    return column


def _is_date_only(definition: Definition) -> bool:
    behavior = (definition.get("DateTimeBehavior") or {}).get("Value")
    return bool(behavior == "DateOnly")


def _add_options(column: Column, definition: Definition) -> None:
    for option in (definition.get("OptionSet") or {}).get("Options", []):
        value = int(option["Value"])
        column.options[value] = text_of(option.get("Label"), str(value))
        if "State" in option:
            column.states[value] = int(option["State"])


def whole(definition: Definition, table: str, kind: Kind, metadata_id: str) -> Definition:
    """Return a definition with what the platform adds to it."""
    schema = str(definition["SchemaName"])
    defaults = {
        "DisplayName": label(schema),
        "RequiredLevel": {"Value": "None"},
        "IsPrimaryId": False,
        "IsPrimaryName": False,
        "IsValidForCreate": True,
        "IsValidForRead": True,
        "IsValidForUpdate": True,
        "IsCustomAttribute": "_" in schema,
    }
    fixed = {
        "@odata.type": f"#{_SPACE}{type_name(kind)}",
        "LogicalName": schema.lower(),
        "EntityLogicalName": table,
        "AttributeType": kind.value,
        "AttributeTypeName": {"Value": f"{kind.value}Type"},
        "MetadataId": metadata_id,
    }
    return {**defaults, **definition, **fixed}


def plain(schema: str, kind: Kind, text: str = "", **more: Any) -> Definition:
    """Return the definition of a column of a standard table."""
    return {
        "@odata.type": f"{_SPACE}{kind.value}{_SUFFIX}",
        "SchemaName": schema,
        "DisplayName": label(text or schema),
        **more,
    }


def option_set(options: dict[int, str], states: dict[int, int] | None = None) -> Definition:
    """Return the option set of a choice, with the state of each status where it has one."""
    listed: list[Definition] = [
        {"Value": value, "Label": label(text)} for value, text in options.items()
    ]
    for option in listed if states else ():
        option["State"] = (states or {})[option["Value"]]
    return {"IsGlobal": False, "OptionSetType": "Picklist", "Options": listed}
