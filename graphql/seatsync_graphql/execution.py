"""Running operations: on threads of their own, never on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import OperationType
from strawberry.extensions import SchemaExtension

from seatsync_graphql.context import Context
from seatsync_graphql.errors import BAD_USER_INPUT, InvalidRequest, present

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import strawberry
    from strawberry.types import ExecutionResult

    from seatsync.domain.roles import Caller
    from seatsync.services.door import Services
    from seatsync_graphql.documents import Document

T = TypeVar("T")

ANSWERING_THREADS = 4
"""More would only wait for each other: for Python's lock, and for the database."""

WAITING_THREADS = 8
"""Operations that wait for a provider, and hold no database session meanwhile."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, ready to run."""

    document: Document
    kind: OperationType
    name: str | None
    variables: dict[str, Any] | None
    caller: Caller


class Executor:
    """Runs operations against one schema and one agent's services."""

    def __init__(self, schema: strawberry.Schema, services: Services) -> None:
        """Start no thread before the first operation."""
        self._schema = schema
        self._services = services
        self._answering = ThreadPoolExecutor(ANSWERING_THREADS, "graphql")
        self._waiting = ThreadPoolExecutor(WAITING_THREADS, "graphql-preview")

    def close(self) -> None:
        """Finish what is running."""
        self._answering.shutdown()
        self._waiting.shutdown()

    async def run(self, operation: Operation) -> dict[str, Any]:
        """Return the answer; raise `InvalidRequest` if the variables do not fit the document."""
        pool = self._waiting if operation.document.asks_providers else self._answering
        return await self._on(pool, lambda: self.answer(operation))

    async def check(self, question: Callable[[], T]) -> T:
        """Ask the agent something, where operations are answered."""
        return await self._on(self._answering, question)

    def answer(self, operation: Operation) -> dict[str, Any]:
        """Execute in this thread; a query in one database session, unless it asks a provider."""
        is_plain = operation.kind is OperationType.QUERY and not operation.document.asks_providers
        with self._services.read.session() if is_plain else nullcontext():
            return _answer(self._execute(operation))

    def _execute(self, operation: Operation) -> ExecutionResult:
        context = Context(self._services, operation.caller, operation.document.node)
        return self._schema.execute_sync(
            None,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.name,
        )

    @staticmethod
    async def _on(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def _answer(result: ExecutionResult) -> dict[str, Any]:
    errors = result.errors or []
    if result.data is None and errors and all(error.path is None for error in errors):
        raise InvalidRequest(errors, BAD_USER_INPUT)
    answer: dict[str, Any] = {"data": result.data}
    if errors:
        answer["errors"] = [present(error) for error in errors]
    return answer


class Prepared(SchemaExtension):
    """Hands the parsed document over; it was validated when it was parsed."""

    def on_operation(self) -> Iterator[None]:
        """Put the document in place of the text."""
        self.execution_context.graphql_document = self.execution_context.context.document
        self.execution_context.pre_execution_errors = []
        yield
