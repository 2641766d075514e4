"""`seatsync new-plugin`: begin a connector."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    name="new-plugin",
    epilog="""\b
Examples:
  seatsync new-plugin acme-cloud""",
)
@click.argument("name")
def new_plugin(name: str) -> None:
    """Write a new connector, with simulator and tests, into a folder below this one.

    NAME is small letters and digits, with - or _ between words. Nothing that is there is
    changed.
    """
    from seatsync.sdk.scaffold.write import (  # noqa: PLC0415 - it brings the conformance suite
        write_plugin,
    )

    folder, names = write_plugin(name, Path.cwd())
    click.echo(f"""Wrote the plug-in {names.plugin!r} into {folder.name}/. What is next:

  pip install --no-deps --no-build-isolation --editable {folder.name}
  python -m {names.package}.simulator --port {names.port}
  python -m pytest {folder.name}

{folder.name}/README.md says how to connect to the simulator.""")
