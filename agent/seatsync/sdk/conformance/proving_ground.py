"""The real engine, as the suite sees it; found through an entry point, never imported."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, NamedTuple, Protocol

from seatsync.errors import PluginUnusable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from seatsync.sdk.plugin import ProviderPlugin
    from seatsync.sdk.settings import PluginSettings

GROUP = "seatsync.conformance"
"""The SDK lies below the engine; whoever has the engine registers it here."""


class Held(NamedTuple):
    """What a mirror holds after some syncs, without the instants at which it was written."""

    subscriptions: frozenset[tuple[object, ...]]
    license_changes: tuple[tuple[object, ...], ...]
    """Subscription, event, delta and quantity afterwards; each as often as it was written."""
    report: tuple[tuple[object, ...], ...]
    """Subscription and change; each as often as it was written."""
    failures: tuple[str, ...]
    """Code and message of what was left out."""


class ProvingGround(Protocol):
    """One agent on a database of its own folder; several may share one."""

    def sync(self) -> str:
        """Run an automatic sync; return its outcome, or raise its fault."""
        ...

    def held(self) -> Held:
        """Return what the mirror holds."""
        ...


class OpensProvingGround(Protocol):
    """What is registered under the entry-point group."""

    def __call__(
        self, plugin: ProviderPlugin, settings: PluginSettings, folder: Path
    ) -> AbstractContextManager[ProvingGround]:
        """Open an agent on the SQLite database in `folder`, which is made if it is not there."""
        ...


def open_proving_ground(
    plugin: ProviderPlugin, settings: PluginSettings, folder: Path
) -> AbstractContextManager[ProvingGround]:
    """Open the installed engine on the SQLite database in `folder`."""
    found = list(entry_points(group=GROUP))
    if len(found) != 1:
        raise PluginUnusable(GROUP, f"{len(found)} installed packages register it, not one")
    opens: OpensProvingGround = found[0].load()
    return opens(plugin, settings, folder)
