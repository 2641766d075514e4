"""Functions and actions: publishing, keys, roles, and links between users and roles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.address import as_guid, read_reference
from seatsync_dataverse.simulator.attribute import option_set
from seatsync_dataverse.simulator.column import CHOICES
from seatsync_dataverse.simulator.exchange import Answer, done, shown
from seatsync_dataverse.simulator.label import text_of
from seatsync_dataverse.simulator.metadata_requests import required
from seatsync_dataverse.simulator.problem import Problem, does_not_exist, malformed, no_resource

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.access import Access
    from seatsync_dataverse.simulator.address import Segment
    from seatsync_dataverse.simulator.definitions import Definitions
    from seatsync_dataverse.simulator.exchange import Asked

_SPACE = "Microsoft.Dynamics.CRM."
_PUBLISHED = re.compile(r"<entity>\s*(\w+)\s*</entity>")
DEPTHS = frozenset({"Basic", "Local", "Deep", "Global"})
_USER_ROLES = "systemuserroles_association"
_ROLE_PRIVILEGES = "roleprivileges_association"
_USER_PRIVILEGES = "RetrieveUserPrivileges"


@dataclass
class Actions:
    """Answers functions and actions that are about no rows."""

    definitions: Definitions
    access: Access

    def answers(self, segments: list[Segment]) -> bool:
        """Tell whether an address is that of an action, a function or a link known here."""
        names = {segment.name.removeprefix(_SPACE) for segment in segments}
        return not names.isdisjoint(
            {
                *("PublishXml", "PublishAllXml", "ReactivateEntityKey", "InsertOptionValue"),
                *("AddPrivilegesRole", "ReplacePrivilegesRole", "RetrieveRolePrivilegesRole"),
                *(_USER_ROLES, _ROLE_PRIVILEGES, _USER_PRIVILEGES),
            }
        )

    def answer(self, asked: Asked, segments: list[Segment]) -> Answer:
        """Answer a request; raises `Problem`."""
        name = segments[-1].name.removeprefix(_SPACE)
        if asked.method == "POST" and len(segments) == 1:
            return self._post(asked, name)
        if name == "RetrieveRolePrivilegesRole" and len(segments) == 1:
            role = segments[0].keys.get("RoleId", "")
            role_id = asked.options.get(role, role).strip("'").lower()
            return self._privileges_of(asked, name, self.access.of_role(role_id))
        if name == _USER_PRIVILEGES and len(segments) > 1:
            held = self.access.of_user(segments[0].row_id or "")
            return self._privileges_of(asked, name, held)
        if name in {"AddPrivilegesRole", "ReplacePrivilegesRole"} and asked.method == "POST":
            return self._grant(asked, segments[0].row_id or "", replaces=name.startswith("Rep"))
        return self._linked(asked, segments)

    def _post(self, asked: Asked, name: str) -> Answer:
        match name:
            case "PublishAllXml" | "PublishXml":
                self._publish(asked, name)
            case "ReactivateEntityKey":
                body = required(asked, "EntityLogicalName", "EntityKeyLogicalName")
                logical = str(body["EntityLogicalName"])
                self.definitions.reactivate_key(logical, str(body["EntityKeyLogicalName"]))
            case "InsertOptionValue":
                return self._insert_option(asked)
            case _:
                raise no_resource()
        return done()

    def _publish(self, asked: Asked, name: str) -> None:
        self.access.demand_named(asked.user_id, "prvPublishCustomization")
        if name == "PublishAllXml":
            self.definitions.publish()
            return
        for logical in _PUBLISHED.findall(str(asked.fields().get("ParameterXml", ""))):
            self.definitions.publish(logical)

    def _insert_option(self, asked: Asked) -> Answer:
        body = required(asked, "EntityLogicalName", "AttributeLogicalName", "Value", "Label")
        logical, name = str(body["EntityLogicalName"]), str(body["AttributeLogicalName"])
        column = self.definitions.organization.table(logical).columns.get(name)
        value = int(body["Value"])
        if column is None or column.kind not in CHOICES or value in column.options:
            raise Problem(400, "0x80040203", f"{value} cannot be added to {name}.")
        column.options[value] = text_of(body.get("Label"), str(value))
        options = option_set(column.options, column.states or None)
        self.definitions.attributes[logical][name]["OptionSet"] = options
        context = f"{asked.base}$metadata#{_SPACE}InsertOptionValueResponse"
        return shown({"@odata.context": context, "NewOptionValue": value})

    def _privileges_of(self, asked: Asked, function: str, held: dict[str, str]) -> Answer:
        organization = self.definitions.organization
        table = organization.tables["privilege"]
        named = {row.row_id: row.value(table.columns["name"].slot) for row in table.rows}
        granted = [
            {
                "Depth": depth,
                "PrivilegeId": privilege,
                "BusinessUnitId": organization.business_unit_id,
                "PrivilegeName": named[privilege],
                "RecordFilterId": "00000000-0000-0000-0000-000000000000",
                "RecordFilterUniqueName": "",
            }
            for privilege, depth in held.items()
        ]
        context = f"{asked.base}$metadata#{_SPACE}{function}Response"
        return shown({"@odata.context": context, "RolePrivileges": granted})

    def _grant(self, asked: Asked, role: str, *, replaces: bool) -> Answer:
        self.access.demand_named(asked.user_id, "prvWriteRole")
        tables = self.definitions.organization.tables
        if tables["role"].rows.get(role) is None:
            raise does_not_exist("role", role)
        granted = {} if replaces else dict(self.access.of_role(role))
        for privilege in asked.fields().get("Privileges") or []:
            if privilege.get("Depth") not in DEPTHS:
                raise malformed("Privileges", "A depth is named, not numbered.")
            privilege_id = as_guid(str(privilege.get("PrivilegeId"))) or ""
            if tables["privilege"].rows.get(privilege_id) is None:
                raise does_not_exist("privilege", privilege_id)
            granted[privilege_id] = privilege["Depth"]
        self.access.privileges[role] = granted
        return done()

    def _linked(self, asked: Asked, segments: list[Segment]) -> Answer:
        owner, link = segments[0].row_id or "", segments[1]
        if link.name not in {_USER_ROLES, _ROLE_PRIVILEGES}:
            raise no_resource()
        if link.name == _ROLE_PRIVILEGES:
            return self._list(asked, "privilege", self.access.of_role(owner))
        if asked.method == "GET":
            return self._list(asked, "role", self.access.roles.get(owner, set()))
        reference = asked.options.get("$id") or str(asked.fields().get("@odata.id", ""))
        role = link.row_id or read_reference(reference).row_id or ""
        if asked.method == "DELETE":
            self.access.withdraw(owner, role)
            return done()
        self.access.demand_named(asked.user_id, "prvAssignRole")
        if self.definitions.organization.tables["role"].rows.get(role) is None:
            raise does_not_exist("role", role)
        self.access.assign(owner, role)
        return done()

    def _list(self, asked: Asked, logical: str, ids: set[str] | dict[str, str]) -> Answer:
        table = self.definitions.organization.tables[logical]
        slot = table.columns["name"].slot
        found = [
            {"@odata.etag": row.etag, table.id_column: row.row_id, "name": row.value(slot)}
            for row in (table.rows.get(row_id) for row_id in sorted(ids))
            if row is not None
        ]
        context = f"{asked.base}$metadata#{table.set_name}({table.id_column},name)"
        return shown({"@odata.context": context, "value": found})
