"""A simulated Dataverse: answers as the documented Web API v9.2 does, with its quirks."""

from seatsync_dataverse.simulator.clock import SettableClock
from seatsync_dataverse.simulator.column import Kind
from seatsync_dataverse.simulator.simulator import Simulator
from seatsync_dataverse.simulator.sketch import TableSketch
from seatsync_dataverse.simulator.throttle import Limit

__all__ = ["Kind", "Limit", "SettableClock", "Simulator", "TableSketch"]
