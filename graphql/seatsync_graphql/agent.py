"""What this package needs of the agent that it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync.domain.roles import Role
    from seatsync.services.door import Services


class Limits(Protocol):
    """What one request, and one client, may ask for."""

    @property
    def depth(self) -> int:
        """How deep fields may be nested."""
        ...

    @property
    def aliases(self) -> int:
        """How many fields of one document may be renamed."""
        ...

    @property
    def tokens(self) -> int:
        """How many words and marks one document may have."""
        ...

    @property
    def complexity(self) -> int:
        """How many records one operation may ask for."""
        ...

    @property
    def request_bytes(self) -> int:
        """How long one request may be."""
        ...

    @property
    def seconds(self) -> float:
        """How long one operation may take."""
        ...

    @property
    def provider_seconds(self) -> float:
        """How long one may take that waits for a provider."""
        ...

    @property
    def connections(self) -> int:
        """How many WebSockets one client may keep open."""
        ...

    @property
    def subscriptions(self) -> int:
        """How many live updates one client may follow at once."""
        ...


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

    @property
    def limits(self) -> Limits:
        """What one request, and one client, may ask for."""
        ...


class ApiKeySettings(Protocol):
    """A caller who is known by a key."""

    @property
    def name(self) -> str:
        """The caller's name in the audit log."""
        ...

    @property
    def sha256(self) -> str:
        """The digest of the key, in lower-case hexadecimal digits."""
        ...

    @property
    def roles(self) -> Sequence[Role]:
        """What the caller may do."""
        ...


class OidcSettings(Protocol):
    """Whose tokens are believed, and what the roles in them mean here."""

    @property
    def issuer(self) -> str:
        """The issuer, as its tokens spell it."""
        ...

    @property
    def audience(self) -> str:
        """Whom the tokens must be meant for."""
        ...

    @property
    def roles_claim(self) -> str:
        """The claim that holds the roles."""
        ...

    @property
    def role_map(self) -> Mapping[str, Role]:
        """What each of the issuer's roles means here."""
        ...

    @property
    def clock_skew_s(self) -> int:
        """By how much the issuer's clock may differ from ours."""
        ...


class AuthSettings(Protocol):
    """The `auth:` part of config.yaml."""

    @property
    def mode(self) -> str:
        """One of none, keys and oidc."""
        ...

    @property
    def keys(self) -> Sequence[ApiKeySettings]:
        """The callers of mode keys."""
        ...

    @property
    def oidc(self) -> OidcSettings | None:
        """The issuer of mode oidc."""
        ...


class Secret(Protocol):
    """A text that is never printed."""

    def get_secret_value(self) -> str:
        """Return the text."""
        ...


class CrmSettings(Protocol):
    """The `crm:` part of config.yaml, as far as it is about HTTP."""

    @property
    def webhook_secrets(self) -> Sequence[Secret]:
        """What the CRM's webhook must show one of; none means that it is not served."""
        ...


class Configuration(Protocol):
    """The agent's configuration."""

    @property
    def server(self) -> ServerSettings:
        """How HTTP is served."""
        ...

    @property
    def auth(self) -> AuthSettings:
        """How callers are known."""
        ...

    @property
    def crm(self) -> CrmSettings | None:
        """The CRM that is kept in step; None when the mirror itself is the CRM."""
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

    @property
    def is_busy(self) -> bool:
        """Whether jobs are being done in this process."""
        ...

    def readiness(self) -> Mapping[str, str | None]:
        """Return, for each part, why it does not work, or None."""
        ...

    def lateness(self) -> Mapping[str, str]:
        """Return, for each part that works but is behind, since when and why."""
        ...
