"""The ASGI application: GraphQL, the report, and how the agent stands."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

from seatsync_graphql.auth.choice import choose_authenticator
from seatsync_graphql.crm_webhook import PATH, CrmWebhook
from seatsync_graphql.endpoint import Endpoint, answer_fault
from seatsync_graphql.execution import Executor
from seatsync_graphql.interpreter import tuned_to_answer
from seatsync_graphql.metrics import Metrics
from seatsync_graphql.own_names import OwnNames
from seatsync_graphql.page import BUNDLE, Page
from seatsync_graphql.report_csv import ReportCsv
from seatsync_graphql.schema import build_schema
from seatsync_graphql.socket_endpoint import SocketEndpoint
from seatsync_graphql.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from seatsync_graphql.agent import Agent


def create_app(agent: Agent) -> Starlette:
    """Make the application that serves one agent."""
    server = agent.config.server
    authenticator = choose_authenticator(agent.config.auth)
    executor = Executor(
        build_schema(),
        agent.services,
        server.limits,
        Turns(lambda: agent.is_busy),
        introspection=server.introspection,
    )
    page = Page(BUNDLE) if server.graphiql else None
    endpoint = Endpoint(executor, authenticator, page)
    socket_endpoint = SocketEndpoint(executor, authenticator, server.cors_origins)
    app = Starlette(
        routes=[
            Route("/graphql", endpoint.answer, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", socket_endpoint.answer),
            Route("/healthz", _healthz),
            Route("/readyz", _Readiness(agent, executor).answer),
            Route("/metrics", Metrics(executor, authenticator, socket_endpoint).answer),
            Route("/reports/sync-report.csv", ReportCsv(executor, authenticator).answer),
            *_webhook_routes(agent, executor),
            *(page.routes if page else []),
        ],
        middleware=[
            *([Middleware(OwnNames)] if agent.config.auth.mode == "none" else []),
            Middleware(
                CORSMiddleware,
                allow_origins=list(server.cors_origins),
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type"],
            ),
        ],
        exception_handlers={Exception: answer_fault},
        lifespan=_Lifespan(executor).run,
    )
    app.state.sockets = socket_endpoint
    return app


def _webhook_routes(agent: Agent, executor: Executor) -> list[Route]:
    crm = agent.config.crm
    if crm is None or not crm.webhook_secrets:
        return []
    return [Route(PATH, CrmWebhook(executor, crm.webhook_secrets).answer, methods=["POST"])]


async def _healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "alive"})


class _Readiness:
    """Names what of the agent is not working, and what works but is behind."""

    def __init__(self, agent: Agent, executor: Executor) -> None:
        self._agent = agent
        self._executor = executor

    async def answer(self, _: Request) -> JSONResponse:
        found = await self._executor.beside(self._agent.readiness)
        problems = {part: reason for part, reason in found.items() if reason}
        if problems:
            return JSONResponse({"status": "not ready", "problems": problems}, 503)
        # Whoever is behind still does its work: taking it out of service would help nobody.
        late = await self._executor.beside(self._agent.lateness)
        return JSONResponse({"status": "ready", **({"late": dict(late)} if late else {})})


class _Lifespan:
    """Tunes Python for the application, and ends the threads with it."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    @asynccontextmanager
    async def run(self, _: Starlette) -> AsyncIterator[None]:
        with tuned_to_answer():
            yield
        self._executor.close()
