"""What this package needs of the agent that it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync.services.door import Services


class ServerSettings(Protocol):
    """The `server:` part of config.yaml, as far as it is about HTTP."""

    @property
    def cors_origins(self) -> Sequence[str]:
        """Exact origins of CRM front ends."""
        ...

    @property
    def graphiql(self) -> bool:
        """Whether a browser gets a page to try queries on."""
        ...

    @property
    def introspection(self) -> bool:
        """Whether the schema may be asked for."""
        ...


class Configuration(Protocol):
    """The agent's configuration."""

    @property
    def server(self) -> ServerSettings:
        """How HTTP is served."""
        ...


class Agent(Protocol):
    """A running agent."""

    @property
    def config(self) -> Configuration:
        """The agent's configuration."""
        ...

    @property
    def services(self) -> Services:
        """All use cases."""
        ...

    def readiness(self) -> Mapping[str, str | None]:
        """Return, for each part, why it does not work, or None."""
        ...
