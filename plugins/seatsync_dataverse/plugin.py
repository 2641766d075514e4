"""The Dataverse plug-in, as the agent finds it."""

from __future__ import annotations

from seatsync.sdk.plugin import CrmPlugin
from seatsync_dataverse.connection import DataverseConnection
from seatsync_dataverse.crm_schema import DataverseSchema
from seatsync_dataverse.settings import DataverseSettings

PLUGIN = CrmPlugin(
    name="dataverse",
    display_name="Microsoft Dataverse (Dynamics 365)",
    version="0.1.0",
    settings=DataverseSettings,
    connect=DataverseConnection,
    schema=DataverseSchema,
    identify=lambda settings: settings.url,
)
