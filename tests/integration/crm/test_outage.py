"""A CRM that is away, or has had enough: what goes on meanwhile, and what happens afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from dataverse_side import DataverseSide
from lab import World
from laboratory import Laboratory, emptied
from seatsync.crm.exchange import CrmExchange
from seatsync.domain.crm import CrmNoun
from seatsync.domain.exception import ExceptionKind
from seatsync.domain.filters import ExceptionFilter
from seatsync.domain.paging import Window
from seatsync.domain.progress import no_progress
from seatsync.domain.report import SyncOutcome
from seatsync.errors import PassingFault
from seatsync.mirror.database import Mirror
from seatsync.mirror.exceptions import page_exceptions
from seatsync_dataverse.simulator import Limit
from trio import NoDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.domain.exception import SyncException

FIRST = timedelta(minutes=2)
"""After which the first turn had failed."""

TABLES: list[str] = ["syn_provideraccount", "syn_subscription", "syn_licensechange"]
"""In the order in which one refers to the other."""


@pytest.fixture
def lab(migrated_sqlite_url: str) -> Iterator[Laboratory]:
    mirror = Mirror.open(migrated_sqlite_url)
    world = World(scans=True)
    world.customer("c-1")
    world.subscription("s-1")
    mirror.feeds_crm = True
    yield Laboratory(emptied(mirror), world)
    mirror.close()


@pytest.fixture
def side() -> DataverseSide:
    return DataverseSide()


@pytest.fixture
def exchange(lab: Laboratory, side: DataverseSide) -> Iterator[CrmExchange]:
    exchange = CrmExchange(lab.mirror, lab.locks, lab.clock, side.connect, NoDesk())
    exchange.pull(side.control(), no_progress)
    yield exchange
    exchange.close()


def stale_jobs(lab: Laboratory) -> list[SyncException]:
    with lab.mirror.reading():
        wanted = ExceptionFilter(kind=ExceptionKind.STALE_JOB)
        return list(page_exceptions(lab.mirror, wanted, Window()).items)


def turn(exchange: CrmExchange, side: DataverseSide) -> None:
    """Pull and push, whatever comes of it."""
    for way in (exchange.pull, exchange.push):
        with pytest.raises(PassingFault):
            way(side.control(), no_progress)


def test_provider_syncs_go_on_for_an_hour_and_the_crm_gets_the_last_state_in_order(
    lab: Laboratory, side: DataverseSide, exchange: CrmExchange
) -> None:
    began = lab.clock.now()
    with side.away():
        for minutes in range(0, 60, 10):
            lab.world.change("s-1", quantity=20 + minutes)
            assert lab.sync().outcome is SyncOutcome.SUCCEEDED
            turn(exchange, side)
            lab.clock.move(minutes=9)
        assert {"crm pull", "crm push"} == set(exchange.lateness())
    late = exchange.lateness()["crm push"]
    assert f"since {began.isoformat()[:13]}" in late
    assert sorted("read" in one.message for one in stale_jobs(lab)) == [False, True]
    assert all(one.since <= began + FIRST for one in stale_jobs(lab))

    side.simulator.forget()
    exchange.push(side.control(), no_progress)

    assert exchange.lateness().keys() == {"crm pull"}
    exchange.pull(side.control(), no_progress)
    assert exchange.lateness() == {}
    assert side.value(CrmNoun.SUBSCRIPTION, lab.id("s-1"), "quantity") == 70
    deltas = [
        side.value(CrmNoun.LICENSE_CHANGE, one, "quantity_delta")
        for one in side.ids(CrmNoun.LICENSE_CHANGE)
    ]
    assert sum(deltas) == 70
    written = [happening.table for happening in side.simulator.journal]
    ranks = [TABLES.index(table) for table in written]
    assert ranks == sorted(ranks)
    assert written.count("syn_subscription") == 1


@pytest.mark.parametrize("limit", list(Limit)[:3])
def test_a_crm_that_asks_for_patience_gets_it_and_then_everything(
    lab: Laboratory, side: DataverseSide, exchange: CrmExchange, limit: Limit
) -> None:
    lab.sync()
    side.simulator.throttled(limit, 400)
    with pytest.raises(PassingFault):
        exchange.push(side.control(), no_progress)
    assert "crm push" in exchange.lateness()
    side.clock.advance(10_000)
    exchange.push(side.control(), no_progress)
    assert side.ids(CrmNoun.SUBSCRIPTION) == [lab.id("s-1")]
    assert len(side.ids(CrmNoun.LICENSE_CHANGE)) == 1
    assert exchange.lateness() == {}
