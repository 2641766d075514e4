"""The configured providers, and how a connector to one is opened."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.errors import NotApplicable
from seatsync.sdk.context import Clock, ConnectorContext
from seatsync.sdk.exclusion import MemoryExclusion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from seatsync.sdk.connector import Connector
    from seatsync.sdk.context import Control, StateStore
    from seatsync.sdk.exclusion import Exclusion
    from seatsync.sdk.plugin import ProviderPlugin
    from seatsync.sdk.settings import PluginSettings


@dataclass(frozen=True, slots=True)
class Connection:
    """One configured provider: the plug-in that serves it, and its settings."""

    plugin: ProviderPlugin
    settings: PluginSettings


class Connections:
    """All configured providers, by key."""

    def __init__(
        self,
        configured: Mapping[str, Connection],
        state: Callable[[str], StateStore],
        clock: Clock | None = None,
        exclusion: Callable[[str], Exclusion] | None = None,
    ) -> None:
        """Keep what is configured; `state` makes the store of one provider's kept secrets.

        `exclusion` makes what keeps the work on one provider apart; without it, only threads
        of this process are.
        """
        self._configured = configured
        self._state = state
        self._clock = clock or Clock()
        self._exclusion = exclusion or _apart_in_memory(configured)

    def __contains__(self, provider_key: str) -> bool:
        """Tell whether a provider is configured."""
        return provider_key in self._configured

    def plugin(self, provider_key: str) -> ProviderPlugin:
        """Return the plug-in of a provider; raise `NotApplicable` if it is not configured."""
        return self._connection(provider_key).plugin

    @contextmanager
    def open(self, provider_key: str, control: Control) -> Iterator[Connector]:
        """Open a connector for one piece of work, and close it afterwards."""
        connection = self._connection(provider_key)
        context = ConnectorContext(
            provider_key=provider_key,
            state=self._state(provider_key),
            control=control,
            clock=self._clock,
            exclusion=self._exclusion(provider_key),
        )
        with closing(connection.plugin.connect(connection.settings, context)) as connector:
            yield connector

    def _connection(self, provider_key: str) -> Connection:
        connection = self._configured.get(provider_key)
        if connection is None:
            raise NotApplicable(
                f"the provider {provider_key!r} is not configured",
                remedy="Add it to `providers:` in config.yaml, and restart the agent.",
            )
        return connection


def _apart_in_memory(provider_keys: Iterable[str]) -> Callable[[str], Exclusion]:
    return {key: MemoryExclusion() for key in provider_keys}.__getitem__
