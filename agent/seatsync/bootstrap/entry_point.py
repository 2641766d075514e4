"""Finding what lies above the agent, which the agent never imports."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from seatsync.errors import PluginUnusable

WEB_APPLICATION = "seatsync.asgi"
"""The group of the function that makes the ASGI application."""

SCHEMA = "seatsync.schema"
"""The group of the function that builds the GraphQL schema, whose text is the SDL."""


def load_from(group: str) -> Any:
    """Load the one object that is registered under an entry-point group.

    Raises `PluginUnusable` when none or several are, or when it does not load.
    """
    found = list(entry_points(group=group))
    if len(found) != 1:
        raise PluginUnusable(group, f"{len(found)} installed packages register it, not one")
    try:
        return found[0].load()
    except (ImportError, AttributeError) as error:
        raise PluginUnusable(group, f"did not load: {error}") from error
