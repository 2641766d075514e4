"""Whole agents that read a simulated ION: restarts, a shared database, and a chain that ends."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from seatsync.bootstrap.agent import Agent, open_agent
from seatsync.config.load import Config, ProviderConfig
from seatsync.config.model import Database, Secrets, Server
from seatsync.domain.exception import ExceptionKind
from seatsync.domain.job import Job, JobStatus
from seatsync.domain.provider import HealthState
from seatsync.domain.roles import LOCAL
from seatsync.sdk.context import Control
from seatsync.sdk.simulator import served
from seatsync.sync.dry_run import DryRun
from seatsync_streamone_ion import PLUGIN
from seatsync_streamone_ion.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.domain.provider import Provider

    Configure = Callable[[], Config]

KEY = Fernet.generate_key().decode()


@pytest.fixture
def ion() -> Simulator:
    ion = Simulator()
    for name in ("Example Bakery", "Example Garage"):
        customer = ion.add_customer(name)
        for seats in (1, 2, 3):
            ion.add_subscription(customer, seats)
    return ion


@pytest.fixture
def configure(ion: Simulator, migrated_url: str) -> Iterator[Configure]:
    """Make a configuration with the refresh token that a person requested last."""
    with served(ion.app) as origin:

        def configured() -> Config:
            settings = PLUGIN.settings.model_validate(ion.settings(origin))
            provider = ProviderConfig("ion", PLUGIN, "ION", False, 60, settings)  # noqa: FBT003
            return Config(Database(url=migrated_url), Server(), Secrets(), (provider,), KEY)

        yield configured


def sync(agent: Agent) -> Job:
    return agent.runner.run_one(agent.services.change.syncs.sync_provider(LOCAL, "ion").id)


def verify(agent: Agent) -> Provider:
    agent.runner.run_one(agent.services.change.syncs.verify(LOCAL, "ion").id)
    [provider] = agent.services.read.overview.providers(LOCAL)
    return provider


def test_restarted_and_second_agents_go_on_with_one_chain(
    ion: Simulator, configure: Configure
) -> None:
    for _ in range(2):
        with open_agent(configure()) as agent:
            assert sync(agent).status is JobStatus.SUCCEEDED
    with ExitStack() as stack:
        agents = [stack.enter_context(open_agent(configure())) for _ in range(2)]
        for agent in agents * 2:
            ion.tokens.revoke_access()
            assert sync(agent).status is JobStatus.SUCCEEDED
        assert len(agents[0].services.read.subscriptions.page(LOCAL).items) == 6
    assert (ion.tokens.exchanges, ion.tokens.refusals) == (5, 0)


def test_a_dry_run_keeps_the_token_that_it_had_to_exchange(
    ion: Simulator, configure: Configure
) -> None:
    with open_agent(configure()) as agent:
        forecast = DryRun(agent.mirror, agent.connections, "ion").forecast(Control())
        assert (forecast.counts.created, forecast.failures) == (6, ())
        ion.tokens.revoke_access()
        assert sync(agent).status is JobStatus.SUCCEEDED
    assert (ion.tokens.exchanges, ion.tokens.refusals) == (2, 0)


def test_a_chain_that_ended_is_told_until_a_new_token_is_configured(
    ion: Simulator, configure: Configure
) -> None:
    with open_agent(configure()) as agent:
        assert verify(agent).health.state is HealthState.HEALTHY
        ion.tokens.revoke_access()
        ion.tokens.revoke_refresh()
        for _ in range(2):
            job = sync(agent)
            assert (job.status, job.error_code) == (JobStatus.FAILED, "CREDENTIALS_REFUSED")
        provider = verify(agent)
        counts = agent.services.read.overview.exception_counts(LOCAL)
    assert counts[ExceptionKind.PROVIDER_UNHEALTHY] == 1
    [failed] = [check for check in provider.health.checks if check.remedy]
    assert provider.health.state is HealthState.FAILED
    assert "needs a new token" in failed.message
    assert ion.tokens.refusals == 1
    ion.request_new_credentials()
    with open_agent(configure()) as agent:
        assert verify(agent).health.state is HealthState.HEALTHY
        assert sync(agent).status is JobStatus.SUCCEEDED
