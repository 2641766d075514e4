"""`seatsync schema`: the GraphQL schema as text."""

from __future__ import annotations

import click

from seatsync.bootstrap.entry_point import SCHEMA, load_from


@click.command()
def schema() -> None:
    """Print the GraphQL schema (SDL) that `seatsync serve` answers."""
    click.echo(str(load_from(SCHEMA)()).rstrip())
