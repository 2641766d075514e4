"""`seatsync consent`: leads an administrator through a vendor's interactive sign-in."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING

import click

from seatsync.bootstrap.agent import open_agent
from seatsync.cli.options import chosen_provider, config_option, read_config
from seatsync.cli.trouble import FAILED
from seatsync.domain.connectivity import ConsentState
from seatsync.errors import NotApplicable
from seatsync.sdk.context import Control
from seatsync.sdk.sign_in import SignInRequest, SignsIn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seatsync.bootstrap.agent import Agent
    from seatsync.domain.connectivity import Consent

PORT = 8400
_IN_FORCE = frozenset({ConsentState.GRANTED, ConsentState.NOT_REQUIRED})


@click.command()
@click.argument("provider_key", metavar="PROVIDER")
@click.option("--port", default=PORT, show_default=True, help="Where the browser comes back to.")
@click.option("--browser/--no-browser", default=True, help="Whether to open a browser here.")
@config_option
@click.pass_context
def consent(
    ctx: click.Context, provider_key: str, port: int, config_path: Path, *, browser: bool
) -> None:
    """Sign in at a provider in a browser, and let the agent keep what that gives.

    The browser must reach this machine: from another one, forward the port
    (ssh -L 8400:localhost:8400). The exit code is 0 if all consents are in force, else 1.
    """
    config = read_config(config_path)
    key = chosen_provider(config, provider_key).key

    def show(address: str) -> None:
        click.echo(f"Open this address in a browser, and sign in:\n\n  {address}\n")
        if browser:
            webbrowser.open(address)

    with open_agent(config) as agent:
        consents = sign_in(agent, key, SignInRequest(show, port))
    _print(key, consents)
    ctx.exit(0 if all(one.state in _IN_FORCE for one in consents) else FAILED)


def sign_in(agent: Agent, key: str, request: SignInRequest) -> Sequence[Consent]:
    """Let a provider's connector lead through the sign-in; return the consents afterwards.

    Raises `NotApplicable` for a provider that has no interactive sign-in.
    """
    with agent.connections.open(key, Control()) as connector:
        if not isinstance(connector, SignsIn):
            raise NotApplicable(
                f"the provider {key!r} has no interactive sign-in",
                remedy="Its settings in config.yaml are all that it needs.",
            )
        return connector.sign_in(request)


def _print(key: str, consents: Sequence[Consent]) -> None:
    for one in consents:
        until = f", until {one.expires_at:%Y-%m-%d}" if one.expires_at else ""
        click.echo(f"{key}: {one.kind.value} consent {one.state.value}{until}")
        if one.remedy:
            click.echo(f"  {one.remedy}")
    click.echo(f"`seatsync verify {key}` tells whether everything else is well, too.")
