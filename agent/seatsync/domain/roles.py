"""Who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seatsync.errors import Forbidden


class Role(StrEnum):
    """What a caller may do; roles add up."""

    ADMIN = "ADMIN"
    BILLING = "BILLING"
    PROVISIONING = "PROVISIONING"
    READER = "READER"


class Permission(StrEnum):
    """A group of operations that one role opens."""

    READ = "READ"
    PREVIEW = "PREVIEW"
    SYNC = "SYNC"
    VERIFY = "VERIFY"
    MAP = "MAP"
    RUN_SCHEDULE = "RUN_SCHEDULE"
    CONTROL_JOBS = "CONTROL_JOBS"
    BILL = "BILL"
    CONFIGURE = "CONFIGURE"
    AUDIT = "AUDIT"


_PROVISIONING = frozenset(
    {
        Permission.PREVIEW,
        Permission.SYNC,
        Permission.VERIFY,
        Permission.MAP,
        Permission.RUN_SCHEDULE,
        Permission.CONTROL_JOBS,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.READER: frozenset({Permission.READ}),
    Role.PROVISIONING: _PROVISIONING | {Permission.READ},
    Role.BILLING: frozenset({Permission.READ, Permission.BILL}),
    Role.ADMIN: frozenset(Permission),
}
"""The table of the domain rules: what each role opens."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks for something: a name for the audit log, and roles."""

    name: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Tell whether any of the caller's roles opens `permission`."""
        return any(permission in GRANTS[role] for role in self.roles)

    def require(self, permission: Permission) -> None:
        """Raise `Forbidden`, naming the least role that would do, unless the caller may."""
        if not self.may(permission):
            raise Forbidden(permission.value, least_role(permission).value)


def least_role(permission: Permission) -> Role:
    """Return the role with the fewest permissions that opens `permission`."""
    return min(
        (role for role in GRANTS if permission in GRANTS[role]), key=lambda role: len(GRANTS[role])
    )


EVERY_ROLE = frozenset(Role)
LOCAL = Caller("local", EVERY_ROLE)
"""The caller of an agent without authentication, and of the command line."""
SCHEDULE = Caller("schedule", EVERY_ROLE)
"""The caller of scheduled jobs."""
WEBHOOK = Caller("webhook", EVERY_ROLE)
"""The caller of what a CRM's webhook sets going."""
RESERVED_NAMES = frozenset({LOCAL.name, SCHEDULE.name, WEBHOOK.name})
"""What the agent calls itself in the audit log; nobody else may."""
