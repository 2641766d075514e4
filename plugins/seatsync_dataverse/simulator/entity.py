"""Definitions of tables: what the platform makes of a posted one, and the columns all have."""

from __future__ import annotations

import re
from typing import Any

from seatsync_dataverse.simulator.attribute import Definition, option_set, plain
from seatsync_dataverse.simulator.column import Kind
from seatsync_dataverse.simulator.label import label

PRIVILEGES = ("Create", "Read", "Write", "Delete", "Assign", "Share", "Append", "AppendTo")

_RIGHTS = {"SystemUser": "User"}
"""Privileges that are not named after their table (general knowledge)."""
_CUSTOMIZABLE = {"CanBeChanged": True, "ManagedPropertyLogicalName": "canmodify"}


def plural(logical: str) -> str:
    """Return the name of a set; no rule for clients, who must read it."""
    if re.search(r"[^aeiou]y$", logical):
        return f"{logical[:-1]}ies"
    return f"{logical}es" if re.search(r"(s|x|z|ch|sh)$", logical) else f"{logical}s"


def right_of(entity: Definition) -> str:
    """Return what the names of a table's privileges end in."""
    schema = str(entity["SchemaName"])
    return _RIGHTS.get(schema, schema)


def whole_entity(posted: Definition, metadata_id: str, code: int) -> Definition:
    """Return a posted definition of a table with what the platform adds to it."""
    schema = str(posted["SchemaName"])
    logical = schema.lower()
    kept = {name: value for name, value in posted.items() if name != "Attributes"}
    defaults: dict[str, Any] = {
        "DisplayName": label(schema),
        "OwnershipType": "UserOwned",
        "ChangeTrackingEnabled": False,
        "IsOptimisticConcurrencyEnabled": True,
        "CanChangeTrackingBeEnabled": {"Value": True, **_CUSTOMIZABLE},
        "EntitySetName": plural(logical),
        "IsCustomEntity": True,
        "IsManaged": False,
    }
    fixed = {
        "LogicalName": logical,
        "LogicalCollectionName": plural(logical),
        "ObjectTypeCode": code,
        "PrimaryIdAttribute": str(posted.get("PrimaryIdAttribute") or f"{logical}id"),
        "MetadataId": metadata_id,
        "HasChanged": None,
    }
    return {**defaults, **kept, **fixed}


def system_attributes(entity: Definition) -> list[Definition]:
    """Return the columns that the platform gives to a table."""
    fixed = {"IsValidForUpdate": False, "IsValidForCreate": False}
    found = [
        plain(entity["PrimaryIdAttribute"], Kind.ID, IsPrimaryId=True, IsValidForUpdate=False),
        plain("CreatedOn", Kind.DATETIME, "Created On", **fixed),
        plain("ModifiedOn", Kind.DATETIME, "Modified On", **fixed),
        plain("createdby", Kind.LOOKUP, "Created By", Targets=["systemuser"], **fixed),
        plain("modifiedby", Kind.LOOKUP, "Modified By", Targets=["systemuser"], **fixed),
        plain("VersionNumber", Kind.BIGINT, "Version Number", **fixed),
        plain(
            "statecode", Kind.STATE, "Status", OptionSet=option_set({0: "Active", 1: "Inactive"})
        ),
        plain(
            "statuscode",
            Kind.STATUS,
            "Status Reason",
            OptionSet=option_set({1: "Active", 2: "Inactive"}, {1: 0, 2: 1}),
        ),
    ]
    if entity["OwnershipType"] == "UserOwned":
        owner = {"Targets": ["systemuser"]}
        found.append(plain("ownerid", Kind.OWNER, "Owner", **owner))
        unit = {"Targets": ["businessunit"]}
        found.append(plain("owningbusinessunit", Kind.LOOKUP, "Owning Unit", **unit, **fixed))
    return found


def money_attributes() -> list[Definition]:
    """Return the columns that come along with the first money column of a table."""
    return [
        plain("transactioncurrencyid", Kind.LOOKUP, "Currency", Targets=["transactioncurrency"]),
        plain("ExchangeRate", Kind.DECIMAL, "Exchange Rate", IsValidForUpdate=False, Precision=10),
    ]
