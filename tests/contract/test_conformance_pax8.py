"""The Pax8 connector, put through every rule."""

from __future__ import annotations

from seatsync.sdk.conformance import ConnectorConformance


class TestPax8(ConnectorConformance):
    plugin = "pax8"
