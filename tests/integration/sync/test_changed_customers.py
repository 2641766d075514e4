"""Runs that read only the customers which the connector calls due, on both databases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from lab import LabConnector, World
from laboratory import Laboratory
from seatsync.errors import CustomerError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.settings import PluginSettings


@dataclass
class LoggedWorld(World):
    """A world whose provider keeps a log: it names the customers that have changed."""

    due: set[str] | None = field(default_factory=set)
    told: dict[str, datetime] = field(default_factory=dict)

    def connect(self, _settings: PluginSettings, context: ConnectorContext) -> LabConnector:
        """Open a connector that reads the log, too."""
        return LoggedConnector(self, context)


class LoggedConnector(LabConnector):
    """Reads a world and its log."""

    def __init__(self, world: LoggedWorld, context: ConnectorContext) -> None:
        super().__init__(world, context.control)
        self._logged = world

    def due_customers(self, read_at: Mapping[str, datetime]) -> Collection[str] | None:
        self._logged.told = dict(read_at)
        return self._logged.due


@pytest.fixture
def world() -> LoggedWorld:
    world = LoggedWorld()
    world.fill(customers=3, each=1)
    return world


@pytest.fixture
def lab(mirror: Mirror, world: LoggedWorld) -> Laboratory:
    """Give a laboratory in which every customer has been read once."""
    lab = Laboratory(mirror, world)
    lab.sync()
    assert world.told == {}
    return lab


def test_only_customers_that_are_due_are_read(lab: Laboratory, world: LoggedWorld) -> None:
    for number in (1, 2, 3):
        world.change(f"s-{number}-1", quantity=99)
    world.due = {"c-2"}
    run = lab.sync()
    assert lab.changes(run) == [("s-2-1", "UPDATED")]
    assert run.counts.fetched == 1


def test_the_connector_is_told_when_each_customer_was_read(
    lab: Laboratory, world: LoggedWorld
) -> None:
    before = lab.clock.now()
    world.due = {"c-2"}
    lab.sync()
    lab.sync()
    assert world.told["c-1"] == world.told["c-3"] == before
    assert world.told["c-2"] > before


def test_a_log_that_tells_nothing_has_everybody_read(lab: Laboratory, world: LoggedWorld) -> None:
    world.due = None
    assert lab.sync().counts.fetched == 3


def test_what_was_not_read_is_not_missing(lab: Laboratory, world: LoggedWorld) -> None:
    world.subscriptions.clear()
    assert lab.sync().counts.missing == 0
    world.due = {"c-1"}
    assert lab.sync().counts.missing == 1


def test_a_customer_that_failed_is_read_until_it_succeeds(
    lab: Laboratory, world: LoggedWorld
) -> None:
    world.faults["c-1", 0] = CustomerError("c-1", "refused")
    world.due = {"c-1"}
    lab.sync()
    world.due = set()
    assert len(lab.failures(lab.sync())) == 1
    world.faults.clear()
    assert lab.sync().counts.fetched == 1
    assert lab.sync().counts.fetched == 0


def test_a_customer_with_an_unreadable_record_is_read_until_it_can_be(
    lab: Laboratory, world: LoggedWorld
) -> None:
    world.unreadable["s-1-1"] = "a quantity of minus one"
    world.due = {"c-1"}
    lab.sync()
    world.due = set()
    assert lab.sync().counts.failed == 1
    world.unreadable.clear()
    assert lab.sync().counts.fetched == 1
    assert lab.sync().counts.fetched == 0


def test_a_new_way_of_reading_has_everybody_read_anew(lab: Laboratory, world: LoggedWorld) -> None:
    world.record_version += 1
    lab.configure()
    assert lab.sync().counts.fetched == 3
    assert lab.sync().counts.fetched == 0


def test_a_new_customer_is_read_at_once(lab: Laboratory, world: LoggedWorld) -> None:
    world.customer("c-4")
    world.subscription("s-4-1", "c-4")
    assert lab.sync().counts.fetched == 1
