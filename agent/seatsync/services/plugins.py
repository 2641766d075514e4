"""The installed plug-ins, as the API describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.roles import Permission
from seatsync.sdk.plugin import PluginKind
from seatsync.sdk.settings import SettingDescription, describe_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.domain.roles import Caller
    from seatsync.sdk.plugin import Plugin

__all__ = ["PluginCatalogue", "PluginDescription", "PluginKind", "SettingDescription"]


@dataclass(frozen=True, slots=True)
class PluginDescription:
    """A plug-in, by its entry-point name, and what its configuration takes."""

    name: str
    display_name: str
    version: str
    kind: PluginKind
    settings: tuple[SettingDescription, ...] = ()


@dataclass(frozen=True, slots=True)
class PluginCatalogue:
    """The plug-ins that loaded, by entry-point name."""

    plugins: Mapping[str, Plugin]

    def installed(self, caller: Caller) -> list[PluginDescription]:
        """Return all installed plug-ins, by name."""
        caller.require(Permission.READ)
        return [_describe(self.plugins[name]) for name in sorted(self.plugins)]

    def describe(self, name: str) -> PluginDescription:
        """Return one plug-in; one that is not installed any more is known by its name alone."""
        if name in self.plugins:
            return _describe(self.plugins[name])
        return PluginDescription(name, name, "", PluginKind.PROVIDER)


def _describe(plugin: Plugin) -> PluginDescription:
    return PluginDescription(
        plugin.name,
        plugin.display_name,
        plugin.version,
        plugin.kind,
        describe_settings(plugin.settings),
    )
