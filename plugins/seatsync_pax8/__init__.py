"""The Pax8 connector: companies, subscriptions and products of the Pax8 Partner API."""

from seatsync.sdk.connector import Capabilities
from seatsync.sdk.plugin import ProviderPlugin
from seatsync_pax8.connector import Pax8Connector
from seatsync_pax8.settings import Pax8Settings

PLUGIN = ProviderPlugin(
    name="pax8",
    display_name="Pax8",
    version="0.1.0",
    settings=Pax8Settings,
    connect=Pax8Connector,
    capabilities=Capabilities(
        lists_all_subscriptions=True,
        includes_ended=True,
        knows_unit_costs=True,
    ),
)

__all__ = ["PLUGIN"]
