"""`seatsync key`: a new API key."""

from __future__ import annotations

import hashlib
import json
import secrets

import click

from seatsync.domain.roles import Role

KEY_BYTES = 32


@click.command(
    epilog="""\b
Examples:
  seatsync key crm-front-end --role PROVISIONING --role BILLING
  seatsync key dashboard"""
)
@click.argument("name")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role], case_sensitive=False),
    multiple=True,
    default=[Role.READER.value],
    show_default=True,
    help="What the caller may do; give it several times to add roles up.",
)
def key(name: str, roles: tuple[str, ...]) -> None:
    """Make an API key for a caller, and print it once.

    config.yaml gets a digest of it only, by which nobody can call.
    """
    made = f"seatsync_{secrets.token_urlsafe(KEY_BYTES)}"
    digest = hashlib.sha256(made.encode()).hexdigest()
    entry = f'{{name: {json.dumps(name)}, sha256: "{digest}", roles: [{", ".join(roles)}]}}'
    click.echo(f"The key, which is shown this once:\n\n  {made}\n")
    click.echo(f"The line for `auth.keys` in config.yaml, with `auth.mode: keys`:\n\n  - {entry}")
