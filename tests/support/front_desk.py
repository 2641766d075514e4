"""The API over a back office, in one process, for tests."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx

from seatsync.domain.roles import Role
from seatsync.services.door import open_services
from seatsync.services.plugins import PluginCatalogue
from seatsync_graphql.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from pydantic import SecretStr

    from back_office import BackOffice
    from seatsync.domain.preview import Preview
    from seatsync.mirror.database import Mirror
    from seatsync.services.door import Services


@dataclass
class Limits:
    depth: int = 15
    aliases: int = 100
    tokens: int = 4000
    complexity: int = 1_000_000
    request_bytes: int = 1_000_000
    seconds: float = 30.0
    provider_seconds: float = 120.0
    connections: int = 250
    subscriptions: int = 250


@dataclass
class Key:
    name: str
    sha256: str
    roles: tuple[Role, ...]


@dataclass
class Oidc:
    issuer: str
    audience: str = "api://seatsync"
    roles_claim: str = "roles"
    role_map: dict[str, Role] = field(default_factory=lambda: {"Boss": Role.ADMIN})
    clock_skew_s: int = 60


@dataclass
class Auth:
    mode: str = "none"
    keys: tuple[Key, ...] = ()
    oidc: Oidc | None = None


@dataclass
class Server:
    cors_origins: tuple[str, ...] = ("https://crm.example",)
    graphiql: bool = True
    introspection: bool = True
    limits: Limits = field(default_factory=Limits)


@dataclass
class Crm:
    webhook_secrets: tuple[SecretStr, ...]


@dataclass
class Config:
    server: Server = field(default_factory=Server)
    auth: Auth = field(default_factory=Auth)
    crm: Crm | None = None


class PlannedPreview:
    """An engine whose preview is what the test says."""

    def __init__(self) -> None:
        self.preview_to_give: Preview | Exception | None = None

    def preview(self, contract_id: UUID, provider_keys: Sequence[str] | None) -> Preview:
        if self.preview_to_give is None or isinstance(self.preview_to_give, Exception):
            raise self.preview_to_give or LookupError(f"a secret about {contract_id}")
        return self.preview_to_give


class StandingAgent:
    """An agent that does nothing by itself."""

    def __init__(
        self, office: BackOffice, server: Server, auth: Auth, crm: Crm | None = None
    ) -> None:
        self.config = Config(server, auth, crm)
        self.late: dict[str, str] = {}
        self.engine = PlannedPreview()
        self.problems: dict[str, str | None] = {"database": None, "jobs": None}
        catalogue = PluginCatalogue({})
        self.services: Services = open_services(
            office.mirror, self.engine, catalogue, office.change
        )

    @property
    def is_busy(self) -> bool:
        return False

    def readiness(self) -> dict[str, str | None]:
        return self.problems

    def lateness(self) -> dict[str, str]:
        return self.late


class FrontDesk:
    """The served API, with shortcuts to ask it."""

    def __init__(
        self,
        office: BackOffice,
        server: Server | None = None,
        auth: Auth | None = None,
        crm: Crm | None = None,
    ) -> None:
        self.office = office
        self.agent = StandingAgent(office, server or Server(), auth or Auth(), crm)
        self.app = create_app(self.agent)

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send one HTTP request through the application."""
        return asyncio.run(self._send(method, path, request))

    async def _send(self, method: str, path: str, request: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **request)

    def close(self) -> None:
        """Let the application end as a server would, with nothing left to be tuned for."""
        with patch("seatsync_graphql.app.tuned_to_answer", nullcontext):
            asyncio.run(self._close())

    async def _close(self) -> None:
        async with self.app.router.lifespan_context(self.app):
            pass

    def raw(self, query: str, **variables: Any) -> Any:
        """Return the whole answer."""
        body = {"query": query, "variables": variables}
        headers = {"Content-Type": "application/json"}
        return self.send("POST", "/graphql", content=json.dumps(body), headers=headers).json()

    def ask(self, query: str, **variables: Any) -> Any:
        """Return the data of a query that must succeed."""
        answer = self.raw(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def refused(self, query: str, **variables: Any) -> str:
        """Return the code that all errors have."""
        codes = {error["extensions"]["code"] for error in self.raw(query, **variables)["errors"]}
        assert len(codes) == 1, codes
        return str(codes.pop())

    def statements(self, query: str, **variables: Any) -> int:
        """Return how many SQL statements a query takes."""
        with counted(self.office.mirror) as statements:
            self.ask(query, **variables)
        return len(statements)


@contextmanager
def counted(mirror: Mirror) -> Iterator[list[str]]:
    """Note the statements that a mirror runs."""
    statements: list[str] = []
    run = type(mirror)._run

    def noting(self: Mirror, sql: str, params: Any) -> Any:
        statements.append(sql)
        return run(self, sql, params)

    type(mirror)._run = noting  # type: ignore[method-assign]
    try:
        yield statements
    finally:
        type(mirror)._run = run  # type: ignore[method-assign]
