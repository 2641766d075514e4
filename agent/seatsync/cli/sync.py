"""`seatsync sync`: one sync now."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from seatsync.bootstrap.agent import Agent, open_agent
from seatsync.cli.options import chosen_provider, config_option, read_config
from seatsync.cli.progress import shown_progress
from seatsync.cli.trouble import FAILED, PARTIAL
from seatsync.domain.job import JobStatus
from seatsync.domain.report import SyncCounts, SyncFailure, SyncOutcome
from seatsync.domain.roles import LOCAL
from seatsync.sdk.context import Control
from seatsync.services.report_lines import spell_change
from seatsync.sync.dry_run import DryRun

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seatsync.domain.job import Job
    from seatsync.domain.plan import Step
    from seatsync.domain.report import SyncRun
    from seatsync.sync.dry_run import Forecast

SHOWN_FAILURES = 20

_EXIT_CODES = {SyncOutcome.SUCCEEDED: 0, SyncOutcome.PARTIAL: PARTIAL}


@click.command(
    epilog="""\b
Exit codes: 0 succeeded, 3 something was left out and everything else was done, 1 failed.

Examples:
  seatsync sync pax8 --dry-run
  seatsync sync pax8 && seatsync report --since 5m"""
)
@click.argument("provider_key", metavar="PROVIDER")
@click.option("--dry-run", is_flag=True, help="Read and plan as a sync does; write nothing.")
@config_option
@click.pass_context
def sync(ctx: click.Context, provider_key: str, config_path: Path, *, dry_run: bool) -> None:
    """Sync everything of one provider now, as the schedule does."""
    config = read_config(config_path)
    key = chosen_provider(config, provider_key).key
    with open_agent(config) as agent:
        ctx.exit(_forecast(agent, key) if dry_run else _sync(agent, key))


def _sync(agent: Agent, key: str) -> int:
    with shown_progress(f"Syncing {key}") as progress:
        job = agent.runner.run_one(
            agent.services.change.syncs.sync_provider(LOCAL, key).id, progress
        )
    run = _run_of(agent, job)
    failures = _print_run(agent, key, run) if run else ()
    if job.status is not JobStatus.SUCCEEDED or run is None:
        why = "" if failures else f": {job.error_message}"
        click.echo(f"Error: the sync ended {job.status.value}{why}", err=True)
        return FAILED
    return _EXIT_CODES.get(run.outcome, FAILED)


def _print_run(agent: Agent, key: str, run: SyncRun) -> Sequence[SyncFailure]:
    failures = agent.services.read.overview.failures(LOCAL, [run.id])[run.id]
    print_counts(f"Sync of {key}: {run.outcome.value}", run.counts)
    print_failures(failures)
    return failures


def _run_of(agent: Agent, job: Job) -> SyncRun | None:
    runs = agent.services.read.sync_runs.pages(LOCAL, "job", [job.id])[job.id].items
    return runs[0] if runs else None


def _forecast(agent: Agent, key: str) -> int:
    with shown_progress(f"Planning {key}") as progress:
        forecast = DryRun(agent.mirror, agent.connections, key).forecast(Control(), progress)
    print_counts(f"A sync of {key} would do this; nothing was written", forecast.counts)
    _print_steps(forecast)
    print_failures(forecast.failures)
    return PARTIAL if forecast.failures else 0


def print_counts(title: str, counts: SyncCounts) -> None:
    """Print how many subscriptions were fetched, and what became of them."""
    click.echo(title)
    table = Table(show_header=False)
    for name, count in asdict(counts).items():
        table.add_row(name, str(count))
    Console(markup=False, highlight=False).print(table)


def print_failures(failures: Sequence[SyncFailure]) -> None:
    """Print what could not be read, and what to do about it, to stderr."""
    for failure in failures[:SHOWN_FAILURES]:
        click.echo(f"{failure.code}: {failure.message}", err=True)
        if failure.remedy:
            click.echo(f"  {failure.remedy}", err=True)
    if len(failures) > SHOWN_FAILURES:
        click.echo(f"... and {len(failures) - SHOWN_FAILURES} more", err=True)


def _print_steps(forecast: Forecast) -> None:
    if not forecast.steps:
        return
    click.echo("The first changes:")
    table = Table("subscription", "change", "what")
    for step in forecast.steps:
        table.add_row(step.record.name, step.change and step.change.value, _what(step))
    Console(markup=False, highlight=False).print(table)


def _what(step: Step) -> str:
    parts = [spell_change(change) for change in step.field_changes]
    if step.reason is not None and step.known is None:
        parts.append(f"stays unassigned: {step.reason.value}")
    return ", ".join(parts)
