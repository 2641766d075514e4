"""Security roles: what the application user may do (Web API, roles and privileges)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from seatsync_dataverse.definition import Privilege
from seatsync_dataverse.odata import literal, query, row_path
from seatsync_dataverse.payload import read
from seatsync_dataverse.row_write import TAG
from seatsync_dataverse.rows import read_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from seatsync_dataverse.api import Api
    from seatsync_dataverse.rows import Rows

EVERYWHERE = "Global"
"""The depth that change tracking needs: rows of the whole organisation (use change tracking)."""

_SPACE = "Microsoft.Dynamics.CRM"
_whole_decoder = msgspec.json.Decoder(dict[str, Any])


class Roles:
    """Makes a role, gives it privileges, and gives it to a user; each only where it is missing."""

    def __init__(self, api: Api, rows: Rows) -> None:
        """Ask and write with `api`, and look with `rows`."""
        self._api = api
        self._rows = rows

    def find(self, name: str, business_unit_id: UUID) -> UUID | None:
        """Return the role of a business unit by its name, or None."""
        where = f"name eq {literal(name)} and _businessunitid_value eq {business_unit_id}"
        found = self._rows.find("roles", ("roleid",), where)
        return next((read_id(row.get("roleid"), "roles") for row in found), None)

    def make(self, name: str, business_unit_id: UUID) -> bool:
        """Make a role without privileges, and return whether that was needed."""
        if self.find(name, business_unit_id) is not None:
            return False
        body = {
            "name": name,
            "businessunitid@odata.bind": row_path("businessunits", business_unit_id),
        }
        self._api.write("POST", query("roles", tag=TAG), body)
        return True

    def privileges(self, role_id: UUID) -> frozenset[str]:
        """Return the ids of the privileges that a role has for the whole organisation."""
        address = f"RetrieveRolePrivilegesRole(RoleId={role_id})"
        held = read(self._api.get(address), _whole_decoder).get("RolePrivileges") or []
        return frozenset(one["PrivilegeId"].lower() for one in held if one["Depth"] == EVERYWHERE)

    def privileges_of_user(self, user_id: UUID) -> frozenset[str]:
        """Return the names of the privileges that a user has for the whole organisation.

        They come through roles of the user's own and of teams (RetrieveUserPrivileges).
        """
        address = f"{row_path('systemusers', user_id)}/{_SPACE}.RetrieveUserPrivileges"
        held = read(self._api.get(address), _whole_decoder).get("RolePrivileges") or []
        return frozenset(one["PrivilegeName"] for one in held if one["Depth"] == EVERYWHERE)

    def named(self, names: Iterable[str]) -> list[Privilege]:
        """Return the privileges with these names that the organisation has; of no table."""
        where = " or ".join(f"name eq {literal(name)}" for name in names)
        return [
            Privilege(str(row.get("name")), str(row.get("privilegeid")), "")
            for row in self._rows.find("privileges", ("name",), where)
        ]

    def grant(self, role_id: UUID, wanted: Iterable[Privilege]) -> bool:
        """Give a role what it lacks of some privileges; return whether it lacked any."""
        held = self.privileges(role_id)
        missing = [right for right in wanted if right.privilege_id.lower() not in held]
        if missing:
            listed = [{"PrivilegeId": one.privilege_id, "Depth": EVERYWHERE} for one in missing]
            path = f"{row_path('roles', role_id)}/{_SPACE}.AddPrivilegesRole"
            self._api.write("POST", path, {"Privileges": listed})
        return bool(missing)

    def assign(self, role_id: UUID, user_id: UUID) -> bool:
        """Give a user a role, and return whether that was needed."""
        path = f"{row_path('systemusers', user_id)}/systemuserroles_association"
        if any(read_id(row.get("roleid"), "roles") == role_id for row in self._held(path)):
            return False
        role = {"@odata.id": self._api.absolute(row_path("roles", role_id))}
        self._api.write("POST", f"{path}/$ref", role)
        return True

    def _held(self, path: str) -> Iterable[dict[str, Any]]:
        return self._rows.find(path, ("roleid",))
