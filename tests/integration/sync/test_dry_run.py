"""A dry run tells what the sync would do, and does none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from killed_sync import world_after, world_before
from laboratory import Laboratory
from seatsync.errors import CustomerError, ProviderUnreachable
from seatsync.sdk.context import Control
from seatsync.sync.dry_run import DryRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab import World
    from seatsync.mirror.database import Mirror


def unchanged(_: World) -> None:
    """Leave the world as it is."""


def emptied(world: World) -> None:
    world.customers.clear()
    world.subscriptions.clear()


def nameless(world: World) -> None:
    world.nameless = ["c-1"]
    del world.subscriptions["s-1-2"]


def one_customer_unlisted(world: World) -> None:
    del world.customers["c-2"]
    for name in ("s-2-1", "s-2-2"):
        world.subscriptions.pop(name, None)


def most_gone(world: World) -> None:
    world.fill(customers=5, each=4)
    for name in list(world.subscriptions)[4:]:
        del world.subscriptions[name]


def one_customer_refused(world: World) -> None:
    world.faults[world.listing("c-3"), 1] = CustomerError("c-3", "no consent")


def one_customer_refused_when_looked_at(world: World) -> None:
    if not world.scans:
        world.late_faults["c-3", 0] = CustomerError("c-3", "no consent")


def one_customer_unreachable(world: World) -> None:
    if not world.scans:
        world.faults["c-3", 1] = ProviderUnreachable("no answer")


STORIES: list[Callable[[World], None]] = [
    unchanged,
    emptied,
    nameless,
    one_customer_unlisted,
    most_gone,
    one_customer_refused,
    one_customer_refused_when_looked_at,
    one_customer_unreachable,
]


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("scans", [False, True], ids=["by customer", "in one scan"])
def test_a_dry_run_foretells_the_sync(
    mirror: Mirror, story: Callable[[World], None], *, scans: bool
) -> None:
    before, after = world_before(scans=scans), world_after(scans=scans)
    before.fill(customers=5, each=4)
    lab = Laboratory(mirror, before)
    lab.sync()
    lab.switch(update_costs=False)
    story(after)
    lab.worlds = {"lab": after}
    lab.configure()
    rows = lab.dump()
    forecast = DryRun(mirror, lab.connections, "lab").forecast(Control())
    assert lab.dump() == rows
    if after.scans and story is one_customer_refused:
        return
    run = lab.sync()
    assert forecast.counts == run.counts
    assert sorted(failure.code for failure in forecast.failures) == sorted(lab.failures(run))
