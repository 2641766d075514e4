"""The exchange with the CRM that is configured, if there is one beside the mirror."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.bootstrap.crm_context import crm_context
from seatsync.bootstrap.crm_desk import CrmDesk
from seatsync.crm.exchange import CrmExchange

if TYPE_CHECKING:
    from seatsync.config.load import Config
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.locks import Locks
    from seatsync.sdk.context import Clock, Control
    from seatsync.sdk.crm import CrmConnection
    from seatsync.services.changing import Changing


def open_exchange(
    config: Config, mirror: Mirror, locks: Locks, clock: Clock, change: Changing
) -> CrmExchange | None:
    """Return what keeps the CRM in step; nothing is connected to until its first turn."""
    crm = config.crm
    if crm is None:
        return None

    def connect(control: Control) -> CrmConnection:
        connection: CrmConnection = crm.plugin.connect(
            crm.settings, crm_context(crm, control, clock)
        )
        return connection

    desk = CrmDesk(mirror, change, config.server.address)
    return CrmExchange(mirror, locks, clock, connect, desk)
