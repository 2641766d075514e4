"""A simulated organisation that has our tables, as after `crm setup`, and a few accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync_dataverse.making import key_of, lookup_columns, lookup_of, table_of
from seatsync_dataverse.schema import OURS
from seatsync_dataverse.simulator import Simulator
from seatsync_dataverse.simulator.organization import fixed_id

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock

SAMPLE_ACCOUNTS = ("Example Bakery", "Example Garage", "Example Harbour")


def prepared(simulator: Simulator) -> Simulator:
    """Give a simulator our tables at once, with keys that are of use; return it."""
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


def sample_organization(clock: Clock) -> Simulator:
    """Return an organisation with our tables and accounts that always have the same ids."""
    made = prepared(Simulator(clock))
    ids = [fixed_id(name) for name in SAMPLE_ACCOUNTS]
    rows = [{"name": name, "websiteurl": f"https://www.{_host(name)}"} for name in SAMPLE_ACCOUNTS]
    made.add_many("account", rows, row_ids=ids)
    made.forget()
    return made


def _host(name: str) -> str:
    return f"{name.rpartition(' ')[2].lower()}.example"
