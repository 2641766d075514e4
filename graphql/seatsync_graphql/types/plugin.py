"""Installed plug-ins."""

from __future__ import annotations

import strawberry

from seatsync.services.plugins import PluginKind
from seatsync_graphql.types.node import of_record


@strawberry.type
class PluginSetting:
    """One setting that a plug-in's configuration takes."""

    name: str
    required: bool
    secret: bool
    description: str


@strawberry.type
class Plugin:
    """A plug-in, by its entry-point name."""

    name: str
    display_name: str
    version: str
    kind: PluginKind
    settings: list[PluginSetting] = of_record(
        "Names of the settings that its configuration takes; secrets are marked."
    )
