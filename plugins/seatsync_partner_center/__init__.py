"""The Microsoft Partner Center connector: a CSP partner's customers and their subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.sdk.connector import Capabilities
from seatsync.sdk.plugin import ProviderPlugin
from seatsync_partner_center.connector import PartnerCenterConnector
from seatsync_partner_center.settings import PartnerCenterSettings

if TYPE_CHECKING:
    from seatsync.sdk.demonstration import SimulatedProvider

READERS = 4
"""Enough to use the whole quota while an answer takes half a second."""


def simulate() -> SimulatedProvider:
    """Make a simulated Partner Center that holds nothing yet."""
    from seatsync_partner_center.demonstration import (  # noqa: PLC0415 - its web framework is for the demo
        Demonstration,
    )

    return Demonstration()


PLUGIN = ProviderPlugin(
    name="partner_center",
    display_name="Microsoft Partner Center",
    version="0.1.0",
    settings=PartnerCenterSettings,
    connect=PartnerCenterConnector,
    capabilities=Capabilities(
        lists_all_subscriptions=False,
        includes_ended=True,
        knows_unit_costs=False,
        readers=READERS,
    ),
    simulator=simulate,
)

__all__ = ["PLUGIN"]
