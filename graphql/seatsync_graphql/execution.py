"""Running operations: on threads of their own, never on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import OperationType

from seatsync_graphql.context import Context
from seatsync_graphql.documents import Documents, asks_providers, kind_of
from seatsync_graphql.errors import BAD_USER_INPUT, InvalidRequest, is_about_request, present

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import DocumentNode
    from strawberry.types import ExecutionResult

    from seatsync.domain.roles import Caller
    from seatsync.services.door import Services
    from seatsync_graphql.schema import Schema

T = TypeVar("T")

ANSWERING_THREADS = 4
"""More would only wait for each other: for Python's lock, and for the database."""

WAITING_THREADS = 8
"""Operations that wait for a provider, and hold no database session meanwhile."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as a client sent it; `queries_only` where nothing may be changed."""

    text: str
    name: str | None
    variables: dict[str, Any] | None
    caller: Caller
    queries_only: bool = False


class NotByGet(Exception):
    """The operation changes something, and came in a way that may not."""


class Executor:
    """Runs operations against one schema and one agent's services."""

    def __init__(self, schema: Schema, services: Services, *, introspection: bool) -> None:
        """Start no thread before the first operation."""
        self._schema = schema
        self._documents = Documents(schema.graphql_schema, introspection=introspection)
        self._services = services
        self._answering = ThreadPoolExecutor(ANSWERING_THREADS, "graphql")
        self._waiting = ThreadPoolExecutor(WAITING_THREADS, "graphql-preview")

    def close(self) -> None:
        """Finish what is running."""
        self._answering.shutdown()
        self._waiting.shutdown()

    async def run(self, operation: Operation) -> dict[str, Any]:
        """Return the answer; raise `InvalidRequest` or `NotByGet` if it cannot be executed."""
        pool = self._waiting if asks_providers(operation.text) else self._answering
        return await self._on(pool, lambda: self.answer(operation))

    async def check(self, question: Callable[[], T]) -> T:
        """Ask the agent something, where operations are answered."""
        return await self._on(self._answering, question)

    def answer(self, operation: Operation) -> dict[str, Any]:
        """Execute in this thread; a query in one database session, unless it asks a provider."""
        document = self._documents.prepare(operation.text)
        is_query = kind_of(document, operation.name) is OperationType.QUERY
        if operation.queries_only and not is_query:
            raise NotByGet
        shares_session = is_query and not asks_providers(operation.text)
        with self._services.read.session() if shares_session else nullcontext():
            return _answer(self._execute(document, operation))

    def _execute(self, document: DocumentNode, operation: Operation) -> ExecutionResult:
        return self._schema.execute_sync(
            None,
            variable_values=operation.variables,
            context_value=Context(self._services, operation.caller, document),
            operation_name=operation.name,
        )

    @staticmethod
    async def _on(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def _answer(result: ExecutionResult) -> dict[str, Any]:
    errors = result.errors or []
    if result.data is None and errors and all(is_about_request(error) for error in errors):
        raise InvalidRequest(errors, BAD_USER_INPUT)
    answer: dict[str, Any] = {"data": result.data}
    if errors:
        answer["errors"] = [present(error) for error in errors]
    return answer
