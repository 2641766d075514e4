"""The Stellr connector: customers and subscriptions of TD SYNNEX's Comprehensive API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.sdk.connector import Capabilities
from seatsync.sdk.plugin import Maturity, ProviderPlugin
from seatsync_stellr.connector import StellrConnector
from seatsync_stellr.settings import StellrSettings

if TYPE_CHECKING:
    from seatsync.sdk.demonstration import SimulatedProvider


def simulate() -> SimulatedProvider:
    """Make a simulated Stellr that holds nothing yet."""
    from seatsync_stellr.demonstration import (  # noqa: PLC0415 - its web framework is for the demo
        Demonstration,
    )

    return Demonstration()


PLUGIN = ProviderPlugin(
    name="stellr",
    display_name="TD SYNNEX Stellr",
    version="0.1.0",
    settings=StellrSettings,
    connect=StellrConnector,
    capabilities=Capabilities(
        lists_all_subscriptions=False,
        includes_ended=True,
        knows_unit_costs=True,
        readers=5,
    ),
    maturity=Maturity.PREVIEW,
    simulator=simulate,
)

__all__ = ["PLUGIN"]
