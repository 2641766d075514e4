"""A simulated Pax8: answers as the documented Partner API does, with its quirks."""

from seatsync_pax8.simulator.simulator import Simulator

__all__ = ["Simulator"]
