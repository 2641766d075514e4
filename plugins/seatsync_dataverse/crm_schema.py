"""The tables that the organisation keeps for the agent: made by set-up, compared by the check."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from seatsync.errors import PermissionMissing
from seatsync.sdk.crm import CrmFinding
from seatsync_dataverse.client import DataverseClient
from seatsync_dataverse.findings import findings_of
from seatsync_dataverse.live_table import read_live_table
from seatsync_dataverse.mapped import shapes_for
from seatsync_dataverse.rights import ROLE, needed
from seatsync_dataverse.set_up import SetUp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.sdk.context import ConnectorContext
    from seatsync_dataverse.settings import DataverseSettings

_ADMINISTRATOR = (
    "Either give the application user the security role System Administrator until"
    " `seatsync crm setup` has run (Power Platform admin centre, environment, Settings,"
    " Users + permissions, Application users), or let an administrator make by hand what is"
    " missing:"
)
_ROLE = (
    f"Give the application user a role with it, such as the role {ROLE} of `seatsync crm setup`."
)


class DataverseSchema:
    """Implements `seatsync.sdk.crm.CrmSchema`."""

    def __init__(self, settings: DataverseSettings, context: ConnectorContext) -> None:
        """Prepare it; nothing is sent yet."""
        self._client = DataverseClient(settings, context)
        self._shapes = shapes_for(settings.tables)

    def set_up(self) -> Iterator[str]:
        """Make what is missing.

        Raises `PermissionMissing` whose remedy lists what is left for an administrator, where the
        application may not make it.
        """
        try:
            yield from SetUp(self._client, self._shapes).run()
        except PermissionMissing as fault:
            raise PermissionMissing(fault.message, remedy=self._by_hand()) from fault

    def check(self) -> Iterator[CrmFinding]:
        """Yield everything that is not as the agent needs it."""
        for shape in self._shapes.values():
            live = read_live_table(self._client.metadata, shape.logical_name)
            yield from findings_of(shape, live, self._shapes)
        yield from self._missing_rights()

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def _missing_rights(self) -> Iterator[CrmFinding]:
        held = self._client.roles.privileges_of_user(self._client.who_am_i().user_id)
        missing: defaultdict[str, list[str]] = defaultdict(list)
        for table, right in needed(self._client.metadata, self._shapes):
            if right.name not in held:
                missing[table].append(right.name)
        for table, names in missing.items():
            lacking = f"the application user has no organisation-level {', '.join(names)}"
            yield CrmFinding(table, lacking, _ROLE)

    def _by_hand(self) -> str:
        try:
            lines = [f"  - {one.where}: {one.message}" for one in self.check()]
        except PermissionMissing as fault:
            lines = [f"  - what it is cannot be seen: {fault.message}"]
        return "\n".join([_ADMINISTRATOR, *lines])
