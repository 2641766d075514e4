"""A simulated Partner Center and Microsoft Entra, with their documented quirks."""

from seatsync_partner_center.simulator.simulator import Simulator

__all__ = ["Simulator"]
