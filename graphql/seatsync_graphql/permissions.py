"""Which permission opens each operation, as the schema declares it and the services enforce it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry
from strawberry.schema_directive import Location

from seatsync.domain.roles import Permission, Role, least_role

if TYPE_CHECKING:
    from collections.abc import Mapping

OPEN_TO_ALL = frozenset({"viewer"})
"""What every caller may ask who is known."""

OTHERWISE = Permission.READ
"""What opens the queries and live updates that are not named here."""

OPENED_BY: Mapping[str, Permission] = {
    "subscriptionSyncPreview": Permission.PREVIEW,
    "auditLog": Permission.AUDIT,
    "syncSubscriptions": Permission.SYNC,
    "syncProvider": Permission.SYNC,
    "syncProviderAccounts": Permission.SYNC,
    "verifyConnectivity": Permission.VERIFY,
    "cancelJob": Permission.CONTROL_JOBS,
    "retryJob": Permission.CONTROL_JOBS,
    "mapProviderAccount": Permission.MAP,
    "setProviderAccountSync": Permission.MAP,
    "setDefaultBillingContract": Permission.BILL,
    "createAccount": Permission.BILL,
    "createBillingContract": Permission.BILL,
    "updateBillingContract": Permission.BILL,
    "assignSubscriptions": Permission.BILL,
    "setSubscriptionPrice": Permission.BILL,
    "createSubscription": Permission.BILL,
    "updateSubscription": Permission.BILL,
    "updateApplicationSettings": Permission.CONFIGURE,
    "updateScheduledJob": Permission.CONFIGURE,
    "runScheduledJob": Permission.RUN_SCHEDULE,
}
"""What opens each mutation, and the queries that a READER may not ask."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="needs",
    description="The least role that opens an operation; without one, every known caller may.",
)
class Needs:
    """The least role that opens an operation."""

    role: Role


def declare_roles(*roots: type) -> None:
    """Write on every operation of these root types which role it needs."""
    for root in roots:
        definition: Any = root.__strawberry_definition__  # type: ignore[attr-defined]
        for field in definition.fields:
            name = field.graphql_name or _camel_case(field.python_name)
            if name not in OPEN_TO_ALL:
                role = least_role(OPENED_BY.get(name, OTHERWISE))
                field.directives = [Needs(role=role)]


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
