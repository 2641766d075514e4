"""What the CRM's plug-in is given by the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.sdk.context import ConnectorContext

if TYPE_CHECKING:
    from seatsync.config.load import CrmConfig
    from seatsync.sdk.context import Clock, Control


def crm_context(crm: CrmConfig, control: Control, clock: Clock) -> ConnectorContext:
    """Return the context of one connection; a CRM keeps no secrets between runs."""
    return ConnectorContext(provider_key=crm.plugin.name, control=control, clock=clock)
