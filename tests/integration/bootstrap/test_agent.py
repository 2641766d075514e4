"""The agent as a whole, without HTTP: what is configured, what is due, what works."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from seatsync.bootstrap.agent import Agent, open_agent
from seatsync.bootstrap.entry_point import load_from
from seatsync.domain.job import JobKind, JobStatus
from seatsync.domain.roles import LOCAL
from seatsync.errors import PluginUnusable
from seatsync.sdk.context import Clock
from seatsync.services.setting_changes import SettingEdit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lab import World
    from seatsync.config.load import Config
    from seatsync.domain.job import Job


class LateClock(Clock):
    """Tells a time that is some days ahead."""

    def __init__(self) -> None:
        self.days = 0

    def now(self) -> datetime:
        return super().now() + timedelta(days=self.days)


def _sync(agent: Agent, key: str = "lab") -> Job:
    return agent.runner.run_one(agent.services.change.syncs.sync_provider(LOCAL, key).id)


def test_a_provider_that_is_no_longer_configured_keeps_its_subscriptions(
    world: World, configured: Callable[..., Config]
) -> None:
    with open_agent(configured(world)) as agent:
        assert _sync(agent).status is JobStatus.SUCCEEDED
    with open_agent(configured()) as agent:
        assert agent.services.read.overview.providers(LOCAL) == []
        assert [row.key for row in agent.services.read.overview.schedule(LOCAL)] == ["prune"]
        assert len(agent.services.read.subscriptions.page(LOCAL).items) == 20


def test_a_provider_that_comes_back_has_kept_its_health(
    world: World, configured: Callable[..., Config]
) -> None:
    with open_agent(configured(world)) as agent:
        agent.runner.run_one(agent.services.change.syncs.verify(LOCAL, "lab").id)
        [before] = agent.services.read.overview.providers(LOCAL)
    with open_agent(configured()):
        pass
    with open_agent(configured(world)) as agent:
        [after] = agent.services.read.overview.providers(LOCAL)
    assert before.health.checks
    assert after == before


def test_a_changed_schedule_survives_a_restart(
    world: World, configured: Callable[..., Config]
) -> None:
    with open_agent(configured(world)) as agent:
        agent.services.change.schedule.update(LOCAL, "sync:lab", interval_minutes=7)
    with open_agent(configured(world)) as agent:
        rows = {row.key: row for row in agent.services.read.overview.schedule(LOCAL)}
    assert rows["sync:lab"].interval_minutes == 7


def test_a_started_agent_syncs_by_itself_and_is_ready_until_it_is_stopped(
    world: World, configured: Callable[..., Config]
) -> None:
    with open_agent(configured(world, auto_sync=True)) as agent:
        assert set(agent.readiness()) == {"database", "jobs", "schedule"}
        assert agent.readiness()["jobs"]
        agent.start()
        try:
            assert not any(agent.readiness().values())
            end = time.monotonic() + 30
            while not agent.services.read.subscriptions.page(LOCAL).items:
                assert time.monotonic() < end
                time.sleep(0.05)
        finally:
            agent.stop()
        problems = agent.readiness()
    assert problems["database"] is None
    assert problems["jobs"]
    assert problems["schedule"]


def test_what_is_older_than_the_retention_is_pruned_and_license_changes_stay(
    world: World, configured: Callable[..., Config]
) -> None:
    clock = LateClock()
    with open_agent(configured(world), clock) as agent:
        _sync(agent)
        agent.services.change.settings.update(LOCAL, SettingEdit(report_retention_days=30))
        clock.days = 29
        assert _prune(agent) == (1, 20)
        clock.days = 31
        assert _prune(agent) == (0, 0)
        assert len(agent.services.read.license_changes.page(LOCAL).items) == 20


def test_a_retention_of_0_days_keeps_everything(
    world: World, configured: Callable[..., Config]
) -> None:
    clock = LateClock()
    with open_agent(configured(world), clock) as agent:
        _sync(agent)
        agent.services.change.settings.update(LOCAL, SettingEdit(report_retention_days=0))
        clock.days = 36_000
        assert _prune(agent) == (1, 20)


def _prune(agent: Agent) -> tuple[int, int]:
    """Prune, and return how many runs and report entries are left."""
    job = agent.queue.submit(JobKind.PRUNE_REPORT, arguments={}, requested_by="test")
    assert agent.runner.run_one(job.id).status is JobStatus.SUCCEEDED
    read = agent.services.read
    return len(read.sync_runs.page(LOCAL).items), len(read.report.page(LOCAL).items)


def test_an_entry_point_that_nobody_registers_is_said_so() -> None:
    with pytest.raises(PluginUnusable, match="0 installed packages"):
        load_from("seatsync.nobody")
