"""GraphQL over an ASGI application on a mirror that a test has filled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx

from seatsync.services.door import Services, open_services
from seatsync.services.plugins import PluginCatalogue
from seatsync_graphql.app import create_app

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from back_office import BackOffice
    from seatsync_graphql.agent import Agent


@dataclass(frozen=True)
class MutationDesk:
    """Sends documents to the endpoint, as a CRM front end does."""

    app: Starlette

    @classmethod
    def on(cls, office: BackOffice) -> MutationDesk:
        """Serve what the back office holds."""
        return cls(create_app(cast("Agent", _agent(office))))

    def close(self) -> None:
        """End the application's threads, as its server would."""
        asyncio.run(self._live_and_end())

    async def _live_and_end(self) -> None:
        async with self.app.router.lifespan_context(self.app):
            pass

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return the whole answer."""
        body = {"query": document, "variables": variables}
        answer: dict[str, Any] = asyncio.run(self._post(body)).json()
        return answer

    async def _post(self, body: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://agent") as client:
            return await client.post("/graphql", json=body)

    def change(self, mutation: str, fields: str, **input_: Any) -> dict[str, Any]:
        """Return the payload of one mutation; `userErrors` are always asked for."""
        argument = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = (
            f"mutation($input: {_INPUTS.get(mutation, argument)}!) {{ {mutation}(input: $input)"
            f" {{ {fields} userErrors {{ code message path }} }} }}"
        )
        answer = self.ask(document, input=input_)
        assert "errors" not in answer, answer
        payload: dict[str, Any] = answer["data"][mutation]
        return payload


_INPUTS = {
    "cancelJob": "JobInput",
    "retryJob": "JobInput",
    "updateApplicationSettings": "ApplicationSettingsInput",
}


def _agent(office: BackOffice) -> SimpleNamespace:
    engine: Any = None
    services: Services = open_services(office.mirror, engine, PluginCatalogue({}), office.change)
    server = SimpleNamespace(cors_origins=(), graphiql=False, introspection=True)
    return SimpleNamespace(config=SimpleNamespace(server=server), services=services, readiness=dict)
