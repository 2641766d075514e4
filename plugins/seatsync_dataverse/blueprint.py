"""Definitions as metadata is told to make them; no effects (create and update table definitions).

What a name becomes is up to the organisation: a schema name such as `new_Total` makes the logical
name `new_total`, and its set must be read back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Blueprint = dict[str, Any]

_SPACE = "Microsoft.Dynamics.CRM"
ENGLISH = 1033


def label(text: str, language: int = ENGLISH) -> Blueprint:
    """Return a text in one language, by its locale id."""
    return {
        "@odata.type": f"{_SPACE}.Label",
        "LocalizedLabels": [
            {"@odata.type": f"{_SPACE}.LocalizedLabel", "Label": text, "LanguageCode": language}
        ],
    }


def table(
    schema_name: str, name: str, plural: str, description: str, columns: Sequence[Blueprint]
) -> Blueprint:
    """Return a table that tracks changes; one of its columns must be its primary name."""
    return {
        "@odata.type": f"{_SPACE}.EntityMetadata",
        "SchemaName": schema_name,
        "DisplayName": label(name),
        "DisplayCollectionName": label(plural),
        "Description": label(description),
        "OwnershipType": "UserOwned",
        "IsActivity": False,
        "HasActivities": False,
        "HasNotes": False,
        "ChangeTrackingEnabled": True,
        "Attributes": list(columns),
    }


def text(schema_name: str, name: str, length: int, *, is_primary: bool = False) -> Blueprint:
    """Return a column for a line of text; the primary one names the row."""
    primary = {"IsPrimaryName": True} if is_primary else {}
    return {
        **_column("String", schema_name, name),
        **primary,
        "MaxLength": length,
        "FormatName": {"Value": "Text"},
    }


def memo(schema_name: str, name: str, length: int) -> Blueprint:
    """Return a column for several lines of text."""
    return {**_column("Memo", schema_name, name), "MaxLength": length, "Format": "TextArea"}


def integer(schema_name: str, name: str, least: int, most: int) -> Blueprint:
    """Return a column for a whole number."""
    limits = {"Format": "None", "MinValue": least, "MaxValue": most}
    return {**_column("Integer", schema_name, name), **limits}


def decimal(schema_name: str, name: str, precision: int, most: int = 100_000_000_000) -> Blueprint:
    """Return a column for a number with a point; `precision` places, 10 at most."""
    limits = {"Precision": precision, "MinValue": -most, "MaxValue": most}
    return {**_column("Decimal", schema_name, name), **limits}


def money(schema_name: str, name: str, precision: int | None = None) -> Blueprint:
    """Return a column for an amount, in `precision` places, or in those of its currency."""
    places = {"PrecisionSource": 2} if precision is None else _own_precision(precision)
    return {**_column("Money", schema_name, name), **places}


def boolean(schema_name: str, name: str) -> Blueprint:
    """Return a column for yes or no, which is no until somebody says otherwise."""
    return {
        **_column("Boolean", schema_name, name),
        "DefaultValue": False,
        "OptionSet": {
            "@odata.type": f"{_SPACE}.BooleanOptionSetMetadata",
            "TrueOption": {"Value": 1, "Label": label("Yes")},
            "FalseOption": {"Value": 0, "Label": label("No")},
            "OptionSetType": "Boolean",
        },
    }


def instant(schema_name: str, name: str) -> Blueprint:
    """Return a column for an instant, shown in each user's own time zone."""
    return _moment(schema_name, name, "DateAndTime", "UserLocal")


def day(schema_name: str, name: str) -> Blueprint:
    """Return a column for a calendar day."""
    return _moment(schema_name, name, "DateOnly", "DateOnly")


def choice(schema_name: str, name: str, options: Mapping[int, str]) -> Blueprint:
    """Return a column for one of several values, with their labels."""
    listed = [{"Value": value, "Label": label(shown)} for value, shown in options.items()]
    return {
        **_column("Picklist", schema_name, name),
        "OptionSet": {
            "@odata.type": f"{_SPACE}.OptionSetMetadata",
            "IsGlobal": False,
            "OptionSetType": "Picklist",
            "Options": listed,
        },
    }


def lookup(
    relationship: str, column: Blueprint, referencing: str, referenced: str, referenced_id: str
) -> Blueprint:
    """Return a relationship, which makes the lookup `column` in the table `referencing`.

    Deleting the row that it points to clears the lookup, and takes no row along.
    """
    cascade = dict.fromkeys(("Assign", "Merge", "Reparent", "Share", "Unshare"), "NoCascade")
    return {
        "@odata.type": f"{_SPACE}.OneToManyRelationshipMetadata",
        "SchemaName": relationship,
        "ReferencedEntity": referenced,
        "ReferencedAttribute": referenced_id,
        "ReferencingEntity": referencing,
        "CascadeConfiguration": {**cascade, "Delete": "RemoveLink"},
        "Lookup": column,
    }


def lookup_column(schema_name: str, name: str) -> Blueprint:
    """Return the column of a lookup; only its relationship makes it."""
    kind = {"AttributeType": "Lookup", "AttributeTypeName": {"Value": "LookupType"}}
    return {**_column("Lookup", schema_name, name), **kind}


def key(schema_name: str, name: str, columns: Sequence[str]) -> Blueprint:
    """Return an alternate key over columns, by their logical names; 16 at most."""
    return {
        "@odata.type": f"{_SPACE}.EntityKeyMetadata",
        "SchemaName": schema_name,
        "DisplayName": label(name),
        "KeyAttributes": list(columns),
    }


def _column(kind: str, schema_name: str, name: str) -> Blueprint:
    return {
        "@odata.type": f"{_SPACE}.{kind}AttributeMetadata",
        "SchemaName": schema_name,
        "DisplayName": label(name),
        "RequiredLevel": {
            "Value": "None",
            "CanBeChanged": True,
            "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
        },
    }


def _own_precision(precision: int) -> Blueprint:
    return {"PrecisionSource": 0, "Precision": precision}


def _moment(schema_name: str, name: str, form: str, behavior: str) -> Blueprint:
    # Left out, the service would choose them, and a behavior is hard to change later.
    shape = {"Format": form, "DateTimeBehavior": {"Value": behavior}}
    return {**_column("DateTime", schema_name, name), **shape}
