"""`seatsync verify`: Verify Connectivity, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seatsync.bootstrap.agent import Agent, open_agent
from seatsync.cli.options import chosen_provider, config_option, read_config
from seatsync.cli.progress import shown_progress
from seatsync.cli.trouble import FAILED
from seatsync.domain.connectivity import CheckOutcome, ConnectivityCheck
from seatsync.domain.job import JobStatus
from seatsync.domain.provider import HealthState, Provider
from seatsync.domain.roles import LOCAL
from seatsync.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from seatsync.config.load import Config

_MARKS = {
    CheckOutcome.PASSED: click.style("passed ", fg="green"),
    CheckOutcome.WARNING: click.style("warning", fg="yellow"),
    CheckOutcome.FAILED: click.style("failed ", fg="red"),
    CheckOutcome.SKIPPED: click.style("skipped", dim=True),
}


@click.command()
@click.argument("provider_key", metavar="[PROVIDER]", required=False)
@config_option
@click.pass_context
def verify(ctx: click.Context, provider_key: str | None, config_path: Path) -> None:
    """Ask a provider, or all of them, whether it lets us in; change nothing there.

    The exit code is 0 if all are healthy, else 1.
    """
    config = read_config(config_path)
    keys = _chosen(config, provider_key)
    with open_agent(config) as agent:
        healthy = [_verify(agent, key) for key in keys]
    ctx.exit(0 if all(healthy) else FAILED)


def _chosen(config: Config, provider_key: str | None) -> list[str]:
    if provider_key is not None:
        return [chosen_provider(config, provider_key).key]
    if not config.providers:
        raise SetupError(
            "no provider is configured", remedy="Add one to `providers:` in config.yaml."
        )
    return [provider.key for provider in config.providers]


def _verify(agent: Agent, key: str) -> bool:
    with shown_progress(f"Verifying {key}") as progress:
        job = agent.runner.run_one(agent.services.change.syncs.verify(LOCAL, key).id, progress)
    if job.status is not JobStatus.SUCCEEDED:
        click.echo(f"{key}: not verified, {job.status.value}: {job.error_message}", err=True)
        return False
    provider = agent.services.read.overview.providers_by_key(LOCAL, [key])[key]
    _print(provider)
    return provider.health.state is HealthState.HEALTHY


def _print(provider: Provider) -> None:
    click.echo(f"{provider.display_name} ({provider.key}): {provider.health.state.value}")
    for check in provider.health.checks:
        _print_check(check)


def _print_check(check: ConnectivityCheck) -> None:
    click.echo(f"  {_MARKS[check.outcome]}  {check.name}: {check.message}")
    if check.remedy:
        click.echo(f"           {check.remedy}")
