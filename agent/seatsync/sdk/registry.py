"""Finding the installed plug-ins."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, TypeVar

from seatsync.errors import PluginUnusable
from seatsync.sdk.plugin import CrmPlugin, Plugin, ProviderPlugin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENTRY_POINT_GROUP = "seatsync.plugins"

P = TypeVar("P", bound=Plugin)


@dataclass(frozen=True, slots=True)
class Registry:
    """The plug-ins that loaded, by entry-point name, and why the others did not."""

    providers: Mapping[str, ProviderPlugin] = field(default_factory=dict)
    failures: Mapping[str, PluginUnusable] = field(default_factory=dict)
    crms: Mapping[str, CrmPlugin] = field(default_factory=dict)

    @property
    def plugins(self) -> Mapping[str, Plugin]:
        """All that loaded, by entry-point name."""
        found: dict[str, Plugin] = {**self.providers, **self.crms}
        return {name: found[name] for name in sorted(found)}

    def provider(self, name: str) -> ProviderPlugin:
        """Return a connector; raise `PluginUnusable` if it is unknown or did not load."""
        return self._find(name, self.providers)

    def crm(self, name: str) -> CrmPlugin:
        """Return a CRM's plug-in; raise `PluginUnusable` if it is unknown or did not load."""
        return self._find(name, self.crms)

    def _find(self, name: str, plugins: Mapping[str, P]) -> P:
        if name in plugins:
            return plugins[name]
        if name in self.failures:
            raise self.failures[name]
        installed = ", ".join(sorted(plugins)) or "none"
        raise PluginUnusable(name, f"not installed; installed are: {installed}")


def discover(points: Iterable[EntryPoint] | None = None) -> Registry:
    """Load every plug-in of the entry-point group; one that fails does not stop the others."""
    found = list(entry_points(group=ENTRY_POINT_GROUP) if points is None else points)
    times = Counter(point.name for point in found)
    loaded: dict[str, Plugin] = {}
    failures: dict[str, PluginUnusable] = {}
    for point in sorted(found, key=lambda point: point.name):
        try:
            loaded[point.name] = _load(point, times[point.name])
        except PluginUnusable as failure:
            failures[point.name] = failure
    return Registry(_of(ProviderPlugin, loaded), failures, _of(CrmPlugin, loaded))


def _of(kind: type[P], loaded: Mapping[str, Plugin]) -> dict[str, P]:
    return {name: plugin for name, plugin in loaded.items() if isinstance(plugin, kind)}


def _load(point: EntryPoint, times: int) -> Plugin:
    if times > 1:
        raise PluginUnusable(point.name, f"{times} installed packages register this name")
    try:
        plugin = point.load()
    except Exception as error:  # a stranger's module may raise anything while it is imported
        reason = f"did not load: {type(error).__name__}: {error}"
        raise PluginUnusable(point.name, reason) from error
    if not isinstance(plugin, ProviderPlugin | CrmPlugin):
        raise PluginUnusable(
            point.name, f"{point.value} is a {type(plugin).__name__}, not a plug-in"
        )
    if plugin.name != point.name:
        raise PluginUnusable(point.name, f"calls itself {plugin.name!r}")
    return plugin
