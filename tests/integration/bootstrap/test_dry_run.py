"""A dry run tells what the sync after it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab import CUSTOMERS, World
from seatsync.bootstrap.agent import Agent, open_agent
from seatsync.domain.roles import LOCAL
from seatsync.errors import CredentialsRefused, CustomerError
from seatsync.sdk.context import Control
from seatsync.services.contract_changes import NewContract
from seatsync.services.setting_changes import SettingEdit
from seatsync.sync.dry_run import SHOWN, DryRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.config.load import Config
    from seatsync.domain.report import SyncCounts
    from seatsync.sync.dry_run import Forecast


def _forecast(agent: Agent) -> Forecast:
    return DryRun(agent.mirror, agent.connections, "lab").forecast(Control())


def _sync(agent: Agent) -> SyncCounts:
    agent.runner.run_one(agent.services.change.syncs.sync_provider(LOCAL, "lab").id)
    return agent.services.read.sync_runs.page(LOCAL).items[0].counts


def _disturb(world: World) -> None:
    """Let everything happen that a sync can meet."""
    first, second, third, fourth, *_ = world.subscriptions
    world.change(first, quantity=99)
    del world.subscriptions[second]
    world.unreadable[third] = "half a seat"
    world.customer("c-new", domain="new.example")
    world.subscription("s-new", "c-new")
    world.subscription("s-homeless", "c-nobody")
    world.change(fourth, name="Another name")


@pytest.mark.parametrize("scans", [True, False], ids=["one scan", "customer by customer"])
def test_it_counts_what_the_sync_counts(
    world: World, configured: Callable[..., Config], *, scans: bool
) -> None:
    world.scans = scans
    with open_agent(configured(world)) as agent:
        assert _forecast(agent).counts == _sync(agent)
        _disturb(world)
        forecast = _forecast(agent)
        assert forecast.counts == _sync(agent)
    assert forecast.counts.created == 1
    assert forecast.counts.missing == 1
    assert forecast.counts.updated == 2


def test_a_customer_that_cannot_be_read_is_a_failure_and_its_absence_counts_for_nothing(
    world: World, configured: Callable[..., Config]
) -> None:
    with open_agent(configured(world)) as agent:
        _sync(agent)
        refused = next(iter(world.customers))
        world.faults[refused, 0] = CustomerError(refused, "not yours")
        forecast = _forecast(agent)
        assert forecast.counts == _sync(agent)
    assert forecast.counts.missing == 0
    assert [failure.code for failure in forecast.failures] == ["CUSTOMER_UNREADABLE"]


def test_an_empty_answer_would_mark_nothing_missing(
    world: World, configured: Callable[..., Config]
) -> None:
    world.scans = True
    with open_agent(configured(world)) as agent:
        _sync(agent)
        world.subscriptions.clear()
        forecast = _forecast(agent)
    assert forecast.counts.missing == 0
    assert [failure.code for failure in forecast.failures] == ["MISSING_THRESHOLD_EXCEEDED"]


def test_a_new_customer_that_would_be_matched_lands_as_in_the_sync(
    world: World, configured: Callable[..., Config]
) -> None:
    with open_agent(configured(world)) as agent:
        change = agent.services.change
        account = change.accounts.create(LOCAL, name="New", domain="new.example")
        change.contracts.create(LOCAL, NewContract(account.id, "Monthly", is_default=True))
        edit = SettingEdit(associate_default_billing_contract=True, provider_account_match=True)
        change.settings.update(LOCAL, edit)
        world.customer("c-new", domain="new.example")
        world.subscription("s-new", "c-new")
        forecast = _forecast(agent)
        assert forecast.counts == _sync(agent)
    assert forecast.counts.unassigned == 20


def test_it_shows_the_first_steps_and_holds_no_more(
    world: World, configured: Callable[..., Config]
) -> None:
    world.fill(customers=10, each=10)
    with open_agent(configured(world)) as agent:
        assert len(_forecast(agent).steps) == SHOWN


def test_a_provider_that_refuses_ends_it_with_the_reason(
    world: World, configured: Callable[..., Config]
) -> None:
    world.faults[CUSTOMERS, 0] = CredentialsRefused("who are you?")
    with open_agent(configured(world)) as agent, pytest.raises(CredentialsRefused):
        _forecast(agent)
