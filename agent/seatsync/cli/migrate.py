"""`seatsync migrate`: brings the database to this version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seatsync.cli.options import config_option, read_config
from seatsync.mirror.address import redact_url
from seatsync.mirror.migration import current_version, migrate

if TYPE_CHECKING:
    from pathlib import Path


@click.command("migrate")
@config_option
def migrate_database(config_path: Path) -> None:
    """Bring the database to this version; nothing happens when it is there already.

    `seatsync serve` does so by itself on SQLite. Make a backup before an upgrade.
    """
    url = read_config(config_path).database.url
    before = current_version(url)
    migrate(url)
    after = current_version(url)
    state = "was there already" if before == after else f"came from {before or 'nothing'}"
    click.echo(f"{redact_url(url)} has version {after} ({state}).")
