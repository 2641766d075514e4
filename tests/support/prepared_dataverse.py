"""A simulated Dataverse that has our tables, without asking for each over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync_dataverse.making import key_of, lookup_columns, lookup_of, table_of
from seatsync_dataverse.schema import OURS

if TYPE_CHECKING:
    from seatsync_dataverse.simulator import Simulator


def prepare(simulator: Simulator) -> Simulator:
    """Make our tables, their lookups and their keys, and track the changes of accounts."""
    definitions = simulator.definitions
    ours = [shape for shape in OURS.values() if shape.is_ours]
    for shape in ours:
        definitions.create_entity(table_of(shape))
    for shape in ours:
        for column in lookup_columns(shape):
            target = OURS[column.field.refers_to or CrmNoun.ACCOUNT]
            definitions.create_relationship(
                lookup_of(shape, column, target, f"{target.logical_name}id")
            )
        if shape.key:
            definitions.create_key(shape.logical_name, key_of(shape)).ready_at_s = 0.0
    simulator.organization.settle_keys()
    simulator.set_up(tracked=("account",))
    simulator.forget()
    return simulator
