"""A simulated Stellr: answers as integrators describe the Comprehensive API, with its quirks."""

from seatsync_stellr.simulator.simulator import Simulator

__all__ = ["Simulator"]
