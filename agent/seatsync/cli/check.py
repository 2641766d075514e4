"""`seatsync check`: tells whether the configuration is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seatsync.cli.options import config_option, read_config
from seatsync.mirror.address import redact_url

if TYPE_CHECKING:
    from pathlib import Path

    from seatsync.config.load import Config


@click.command()
@config_option
def check(config_path: Path) -> None:
    """Validate the configuration; connect to nothing.

    All problems are told at once, each with its path; then the exit code is 2.
    """
    click.echo(_summary(config_path, read_config(config_path)))


def _summary(path: Path, config: Config) -> str:
    lines = [
        f"{path} is valid.",
        f"  database   {redact_url(config.database.url)}",
        f"  server     http://{config.server.host}:{config.server.port}/graphql",
        f"  crm        {_crm(config)}",
    ]
    lines += [
        f"  provider   {provider.key}: {provider.plugin.display_name}, "
        + (f"every {provider.interval_minutes} minutes" if provider.auto_sync else "on demand")
        for provider in config.providers
    ]
    return "\n".join(lines if config.providers else [*lines, "  provider   none yet"])


def _crm(config: Config) -> str:
    if config.crm is None:
        return "the mirror itself"
    crm = config.crm
    where = crm.plugin.identify(crm.settings)
    return f"{crm.plugin.display_name} at {where}, every {crm.interval_minutes} minutes"
