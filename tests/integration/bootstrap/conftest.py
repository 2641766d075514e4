"""An agent on a database of each kind, and a fictional provider that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab import World
from seatsync.config.load import Config, ProviderConfig
from seatsync.config.model import Database, Secrets, Server
from seatsync.sdk.settings import PluginSettings

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "c2VhdHN5bmMtdGVzdC1rZXktMzItYnl0ZXMtbG9uZyE="


@pytest.fixture
def world() -> World:
    world = World()
    world.fill(customers=4, each=5)
    return world


@pytest.fixture
def configured(migrated_url: str) -> Callable[..., Config]:
    """Make a configuration of these worlds."""

    def configure(*worlds: World, auto_sync: bool = False) -> Config:
        providers = tuple(
            ProviderConfig(
                key=world.key,
                plugin=world.plugin(),
                display_name=world.key.upper(),
                auto_sync=auto_sync,
                interval_minutes=60,
                settings=PluginSettings(),
            )
            for world in worlds
        )
        return Config(Database(url=migrated_url), Server(), Secrets(), providers, KEY)

    return configure
