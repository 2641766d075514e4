"""A simulated StreamOne ION: answers as the documented API v3 does, with its quirks."""

from seatsync_streamone_ion.simulator.simulator import Simulator

__all__ = ["Simulator"]
