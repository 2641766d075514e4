"""The keys of config.yaml: names, types, defaults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from seatsync.config.auth import Auth
from seatsync.config.section import Section
from seatsync.domain.provider import MANUAL_PROVIDER_KEY
from seatsync.errors import DatabaseUnusable
from seatsync.mirror.address import check_url, is_sqlite

LOCAL_CRM = "local"
"""The CRM that needs no plug-in: the mirror itself."""
SECRET_LENGTH = 16
"""The least characters of a secret that somebody outside could guess at."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def _database_url(url: str) -> str:
    try:
        check_url(url)
    except DatabaseUnusable as error:
        message = error.message.removeprefix("database.url ")
        raise ValueError(f"{message}. {error.remedy}") from error
    if ":memory:" in url:
        raise ValueError("must name a file: what is kept in memory does not survive a restart")
    return url


def _provider_key(key: str) -> str:
    if not _SLUG.fullmatch(key):
        raise ValueError(
            "must be at most 63 lower-case letters, digits, - and _, such as csp-us, "
            "and start with a letter or digit"
        )
    if key == MANUAL_PROVIDER_KEY:
        raise ValueError("`manual` is the built-in provider of subscriptions kept by hand")
    return key


def _origin(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or origin != f"{parts.scheme}://{parts.netloc}":
        raise ValueError("must be an exact origin such as https://crm.example, without a path")
    return origin


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://seatsync.example")
    return url.rstrip("/")


class Database(Section):
    """Where the mirror is kept."""

    url: Annotated[str, AfterValidator(_database_url), Field(repr=False)] = "sqlite:///seatsync.db"

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the mirror is a file of this machine."""
        return is_sqlite(self.url)


class Limits(Section):
    """What one request, and one client, may ask of the agent."""

    depth: Annotated[int, Field(ge=1, le=100)] = 15
    aliases: Annotated[int, Field(ge=0, le=10_000)] = 100
    tokens: Annotated[int, Field(ge=100, le=100_000)] = 4000
    complexity: Annotated[int, Field(ge=100)] = 1_000_000
    request_bytes: Annotated[int, Field(ge=1000)] = 1_000_000
    seconds: Annotated[float, Field(gt=0, le=3600)] = 30.0
    provider_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    connections: Annotated[int, Field(ge=1)] = 250
    subscriptions: Annotated[int, Field(ge=1)] = 250


class Server(Section):
    """Where GraphQL is served, and to whom."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8365
    cors_origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    public_url: Annotated[str, AfterValidator(_public_url)] | None = None
    graphiql: bool = True
    introspection: bool = True
    limits: Limits = Limits()

    @property
    def address(self) -> str:
        """Where people and programs outside find the agent."""
        return self.public_url or f"http://{self.host}:{self.port}"


class Crm(Section):
    """Which CRM is kept in step; with `local` the mirror itself is the CRM."""

    plugin: str = LOCAL_CRM
    interval_minutes: Annotated[int, Field(ge=1, le=525_600)] = 5
    webhook_secrets: Annotated[
        tuple[Annotated[SecretStr, Field(min_length=SECRET_LENGTH)], ...], Field(max_length=2)
    ] = ()
    settings: dict[str, Any] = Field(default_factory=dict, repr=False)


class ProviderEntry(Section):
    """One configured connection to a distributor, its plug-in's settings not yet read."""

    key: Annotated[str, AfterValidator(_provider_key)]
    plugin: str
    display_name: str | None = None
    auto_sync: bool = True
    interval_minutes: Annotated[int, Field(ge=1, le=525_600)] = 60
    settings: dict[str, Any] = Field(default_factory=dict, repr=False)


class Secrets(Section):
    """What the secrets that the agent itself must keep are encrypted with."""

    key_file: Path | None = None


class Document(Section):
    """All of config.yaml."""

    database: Database = Database()
    server: Server = Server()
    auth: Auth = Auth()
    crm: Crm = Crm()
    secrets: Secrets = Secrets()
    providers: tuple[ProviderEntry, ...] = ()
