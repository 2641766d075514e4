"""The StreamOne ION connector: customers and subscriptions of TD SYNNEX's API v3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.sdk.connector import Capabilities
from seatsync.sdk.plugin import ProviderPlugin
from seatsync_streamone_ion.connector import IonConnector
from seatsync_streamone_ion.settings import IonSettings

if TYPE_CHECKING:
    from seatsync.sdk.demonstration import SimulatedProvider


def simulate() -> SimulatedProvider:
    """Make a simulated ION that holds nothing yet."""
    from seatsync_streamone_ion.demonstration import (  # noqa: PLC0415 - its web framework is for the demo
        Demonstration,
    )

    return Demonstration()


PLUGIN = ProviderPlugin(
    name="streamone_ion",
    display_name="TD SYNNEX StreamOne ION",
    version="0.1.0",
    settings=IonSettings,
    connect=IonConnector,
    capabilities=Capabilities(
        lists_all_subscriptions=True,
        includes_ended=True,
        knows_unit_costs=True,
    ),
    simulator=simulate,
)

__all__ = ["PLUGIN"]
