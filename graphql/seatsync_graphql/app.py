"""The ASGI application: GraphQL, and whether the agent lives and works."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from seatsync_graphql.endpoint import Endpoint, answer_fault
from seatsync_graphql.execution import Executor
from seatsync_graphql.schema import build_schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from seatsync_graphql.agent import Agent


def create_app(agent: Agent) -> Starlette:
    """Make the application that serves one agent."""
    server = agent.config.server
    executor = Executor(build_schema(), agent.services, introspection=server.introspection)
    endpoint = Endpoint(executor, page=server.graphiql)
    return Starlette(
        routes=[
            Route("/graphql", endpoint.answer, methods=["GET", "POST"]),
            Route("/healthz", _healthz),
            Route("/readyz", _Readiness(agent, executor).answer),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=list(server.cors_origins),
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type"],
            )
        ],
        exception_handlers={Exception: answer_fault},
        lifespan=_Lifespan(executor).run,
    )


async def _healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "alive"})


class _Readiness:
    """Names what of the agent is not working."""

    def __init__(self, agent: Agent, executor: Executor) -> None:
        self._agent = agent
        self._executor = executor

    async def answer(self, _: Request) -> JSONResponse:
        found = await self._executor.check(self._agent.readiness)
        problems = {part: reason for part, reason in found.items() if reason}
        answer = {"status": "not ready", "problems": problems} if problems else {"status": "ready"}
        return JSONResponse(answer, 503 if problems else 200)


class _Lifespan:
    """Ends the threads with the application."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    @asynccontextmanager
    async def run(self, _: Starlette) -> AsyncIterator[None]:
        yield
        self._executor.close()
