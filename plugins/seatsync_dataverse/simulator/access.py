"""Who may do what: roles of users, and privileges of roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.column import Kind
from seatsync_dataverse.simulator.problem import privilege_missing
from seatsync_dataverse.simulator.standard import ADMINISTRATOR

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.table import Table


_INBORN = ("prvReadSdkMessage", "prvReadSdkMessageProcessingStep", "prvReadServiceEndpoint")


@dataclass
class Access:
    """Roles and privileges; System Administrator may do everything."""

    organization: Organization
    roles: dict[str, set[str]] = field(default_factory=dict)
    """The roles of each user."""
    privileges: dict[str, dict[str, str]] = field(default_factory=dict)
    """The depth of each privilege, by role and by the privilege's id."""
    refused: set[str] = field(default_factory=set)
    """Names of privileges that nobody has, whatever the roles say."""

    def of_role(self, role_id: str) -> dict[str, str]:
        """Return the depth of each privilege of a role.

        A new one has some that nobody asked for, to read what the platform itself needs (seen in
        set-up scripts of others).
        """
        if role_id not in self.privileges:
            rows = self.organization.tables["privilege"]
            slot = rows.columns["name"].slot
            found = [row for name in _INBORN for row in rows.rows.matching(slot, name)]
            self.privileges[role_id] = {row.row_id: "Global" for row in found}
        return self.privileges[role_id]

    def of_user(self, user_id: str) -> dict[str, str]:
        """Return the depth of each privilege that a user has through roles."""
        named = self.organization.tables["privilege"]
        slot = named.columns["name"].slot
        if ADMINISTRATOR in self.roles.get(user_id, set()):
            held = {row.row_id: "Global" for row in named.rows}
        else:
            roles = self.roles.get(user_id, set())
            held = {one: depth for role in roles for one, depth in self.of_role(role).items()}
        refused = {row.row_id for row in named.rows if row.value(slot) in self.refused}
        return {one: depth for one, depth in held.items() if one not in refused}

    def assign(self, user_id: str, role_id: str) -> None:
        """Give a user a role."""
        self.roles.setdefault(user_id, set()).add(role_id)

    def withdraw(self, user_id: str, role_id: str) -> None:
        """Take a role from a user."""
        self.roles.get(user_id, set()).discard(role_id)

    def demand(self, user_id: str, verb: str, table: Table) -> None:
        """Raise `Problem` unless a user may do this with the rows of the whole organisation."""
        self.demand_named(user_id, f"prv{verb}{table.right}")

    def demand_links(self, user_id: str, table: Table, changes: dict[str, Any]) -> None:
        """Raise `Problem` unless a user may let rows refer to what `changes` say they do."""
        for name, value in changes.items():
            column = table.columns[name]
            if column.kind is not Kind.LOOKUP or value is None:
                continue
            self.demand(user_id, "Append", table)
            for target in column.targets:
                if target in self.organization.tables:
                    self.demand(user_id, "AppendTo", self.organization.tables[target])

    def demand_named(self, user_id: str, privilege: str) -> None:
        """Raise `Problem` unless a user has a privilege, in its whole depth."""
        if privilege in self.refused or not self._has(user_id, privilege):
            raise privilege_missing(user_id, privilege)

    def _has(self, user_id: str, privilege: str) -> bool:
        roles = self.roles.get(user_id, set())
        if ADMINISTRATOR in roles:
            return True
        named = self.organization.tables["privilege"]
        rows = named.rows.matching(named.columns["name"].slot, privilege)
        ids = {row.row_id for row in rows}
        return any(self.of_role(role).get(found) == "Global" for role in roles for found in ids)
