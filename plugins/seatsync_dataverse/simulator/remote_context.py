"""`RemoteExecutionContext`: the body of a webhook's request (use webhooks).

How choices, money and references are spelled is general knowledge of the context's contract.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec

from seatsync_dataverse.simulator.column import CHOICES, LOOKUPS, Column, Kind

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.happening import Happening
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.table import Table

LARGEST = 256 * 1024
_SPACE = "http://schemas.microsoft.com/xrm/2011/Contracts"
_LEFT_OUT = (
    *("InputParameters", "OutputParameters", "ParentContext"),
    *("PostEntityImages", "PreEntityImages"),
)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def write_context(
    organization: Organization, happening: Happening, step_id: str
) -> tuple[bytes, bool]:
    """Return the body that tells of a write, and whether parts were left out for its size."""
    context = _context(organization, happening, step_id)
    body = _ENCODER.encode(context)
    if len(body) <= LARGEST:
        return body, False
    kept = {name: value for name, value in context.items() if name not in _LEFT_OUT}
    return _ENCODER.encode(kept), True


def _context(organization: Organization, happening: Happening, step_id: str) -> dict[str, Any]:
    table = organization.tables[happening.table]
    tag = happening.tag
    return {
        "BusinessUnitId": organization.business_unit_id,
        "CorrelationId": str(uuid4()),
        "Depth": 1,
        "InitiatingUserId": happening.user_id,
        "InputParameters": [{"key": "Target", "value": _target(organization, table, happening)}],
        "IsExecutingOffline": False,
        "IsInTransaction": False,
        "IsOfflinePlayback": False,
        "IsolationMode": 1,
        "Mode": 1,
        "OperationCreatedOn": _moment(organization.now(), "+0000"),
        "OperationId": str(uuid4()),
        "OrganizationId": organization.organization_id,
        "OrganizationName": "org",
        "OutputParameters": [],
        "OwningExtension": _reference("sdkmessageprocessingstep", step_id, typed=False),
        "MessageName": happening.message,
        "ParentContext": None,
        "PostEntityImages": [],
        "PreEntityImages": [],
        "PrimaryEntityId": happening.row_id,
        "PrimaryEntityName": happening.table,
        "RequestId": None,
        "SecondaryEntityName": "none",
        "SharedVariables": [] if tag is None else [{"key": "tag", "value": tag}],
        "Stage": 40,
        "UserId": happening.user_id,
    }


def _target(organization: Organization, table: Table, happening: Happening) -> dict[str, Any]:
    if happening.message == "Delete":
        return _reference(table.logical, happening.row_id)
    system = {
        table.id_column: happening.row_id,
        "modifiedon": organization.now(),
        "modifiedby": happening.user_id,
    }
    attributes = [
        {"key": name, "value": _value(table.columns[name], value)}
        for name, value in {**happening.columns, **system}.items()
    ]
    return {
        "__type": f"Entity:{_SPACE}",
        "Attributes": [*attributes, {"key": "modifiedonbehalfby", "value": None}],
        "EntityState": None,
        "FormattedValues": [],
        "Id": happening.row_id,
        "KeyAttributes": [],
        "LogicalName": table.logical,
        "RelatedEntities": [],
        "RowVersion": None,
    }


def _value(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind is Kind.MONEY:
        return {"__type": f"Money:{_SPACE}", "Value": value}
    if column.kind in CHOICES:
        return {"__type": f"OptionSetValue:{_SPACE}", "Value": value}
    if column.kind in LOOKUPS:
        return _reference(column.targets[0], value)
    if column.kind is Kind.DATETIME:
        return _moment(value)
    return value


def _reference(logical: str, row_id: str, *, typed: bool = True) -> dict[str, Any]:
    reference: dict[str, Any] = {
        "Id": row_id,
        "KeyAttributes": [],
        "LogicalName": logical,
        "Name": None,
        "RowVersion": None,
    }
    return {"__type": f"EntityReference:{_SPACE}", **reference} if typed else reference


def _moment(text: str, zone: str = "") -> str:
    moment = datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00Z")
    return f"/Date({int(moment.timestamp()) * 1000}{zone})/"
