"""The Partner Center connector, put through every rule."""

from __future__ import annotations

from seatsync.sdk.conformance import ConnectorConformance


class TestPartnerCenter(ConnectorConformance):
    plugin = "partner_center"
