"""What several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatsync.config.load import load_config
from seatsync.sdk.registry import discover

if TYPE_CHECKING:
    from seatsync.config.load import Config, ProviderConfig

config_option = click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("config.yaml"),
    show_default=True,
    help="The configuration; config.example.yaml teaches every key.",
)


def read_config(path: Path) -> Config:
    """Read a configuration for the installed plug-ins."""
    return load_config(path, discover())


def chosen_provider(config: Config, key: str) -> ProviderConfig:
    """Return a configured provider; an unknown key is a bad argument."""
    for provider in config.providers:
        if provider.key == key:
            return provider
    configured = ", ".join(provider.key for provider in config.providers) or "none"
    raise click.BadParameter(
        f"{key!r} is not configured; configured are: {configured}", param_hint="PROVIDER"
    )
