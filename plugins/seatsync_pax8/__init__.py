"""The Pax8 connector: companies, subscriptions and products of the Pax8 Partner API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.sdk.connector import Capabilities
from seatsync.sdk.plugin import ProviderPlugin
from seatsync_pax8.connector import Pax8Connector
from seatsync_pax8.settings import Pax8Settings

if TYPE_CHECKING:
    from seatsync.sdk.demonstration import SimulatedProvider


def simulate() -> SimulatedProvider:
    """Make a simulated Pax8 that holds nothing yet."""
    from seatsync_pax8.demonstration import (  # noqa: PLC0415 - its web framework is for the demo
        Demonstration,
    )

    return Demonstration()


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
    simulator=simulate,
)

__all__ = ["PLUGIN"]
