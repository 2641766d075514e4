"""Running operations: on threads of their own, never on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import ExecutionResult, GraphQLError, OperationType, execute_sync

from seatsync_graphql.context import Context
from seatsync_graphql.deadline import Deadline
from seatsync_graphql.documents import Document, Documents, asks_providers, may_change
from seatsync_graphql.errors import (
    BAD_USER_INPUT,
    TOO_COMPLEX,
    InvalidRequest,
    TookTooLong,
    is_about_request,
    present,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.roles import Caller
    from seatsync.services.door import Services
    from seatsync_graphql.agent import Limits
    from seatsync_graphql.schema import Schema
    from seatsync_graphql.turns import Turns

T = TypeVar("T")

ANSWERING_THREADS = 4
"""More would only wait for each other: for Python's lock, and for the database."""

CHANGING_THREADS = 4
"""Operations that may wait for a sync to let them write, and keep no query waiting meanwhile."""

WAITING_THREADS = 8
"""Operations that wait for a provider, and hold no database session meanwhile."""

FOLLOWING_THREADS = 2
"""Live updates, which must not keep those waiting who ask once."""

GRACE_S = 2
"""How much longer than it may take an operation is waited for: it mostly ends by itself."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as a client sent it."""

    text: str
    name: str | None
    variables: dict[str, Any] | None
    caller: Caller
    kinds: frozenset[OperationType] = frozenset({OperationType.QUERY, OperationType.MUTATION})
    """What it may be, in the way that it came."""


class NotThisWay(Exception):
    """The operation is of a kind that may not come in the way it did."""

    def __init__(self, kind: OperationType) -> None:
        """Name the kind."""
        super().__init__(f"a {kind.value} cannot be asked for in this way")
        self.kind = kind


class Executor:
    """Runs operations against one schema and one agent's services."""

    def __init__(
        self,
        schema: Schema,
        services: Services,
        limits: Limits,
        turns: Turns,
        *,
        introspection: bool,
    ) -> None:
        """Start no thread before the first operation."""
        self.schema = schema.graphql_schema
        self.services = services
        self.limits = limits
        self.hides_names = not introspection
        self._turns = turns
        self._documents = Documents(self.schema, limits, introspection=introspection)
        self._answering = ThreadPoolExecutor(ANSWERING_THREADS, "graphql")
        self._changing = ThreadPoolExecutor(CHANGING_THREADS, "graphql-change")
        self._waiting = ThreadPoolExecutor(WAITING_THREADS, "graphql-provider")
        self._following = ThreadPoolExecutor(FOLLOWING_THREADS, "graphql-live")

    def close(self) -> None:
        """Finish what is running."""
        self._answering.shutdown(cancel_futures=True)
        self._changing.shutdown(cancel_futures=True)
        self._waiting.shutdown(cancel_futures=True)
        self._following.shutdown(cancel_futures=True)

    async def run(self, operation: Operation) -> dict[str, Any]:
        """Return the answer; raise `InvalidRequest` or `NotThisWay` if it cannot be executed."""
        if asks_providers(operation.text):
            return await self._within(self._waiting, operation, self.limits.provider_seconds)
        pool = self._changing if may_change(operation.text) else self._answering
        return await self._within(pool, operation, self.limits.seconds)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do something where operations are answered."""
        return await asyncio.get_running_loop().run_in_executor(self._answering, work)

    async def beside(self, work: Callable[[], T]) -> T:
        """Do something beside the answers: neither waits for the other."""
        return await asyncio.get_running_loop().run_in_executor(self._following, work)

    async def prepared(self, operation: Operation) -> Document:
        """Return the document of an operation that may be executed; raise `InvalidRequest`."""
        return await self.in_thread(lambda: self._prepare(operation))

    async def _within(
        self, pool: ThreadPoolExecutor, operation: Operation, seconds: float
    ) -> dict[str, Any]:
        deadline = Deadline(seconds)
        work = asyncio.get_running_loop().run_in_executor(pool, self.answer, operation, deadline)
        try:
            return await asyncio.wait_for(work, seconds + GRACE_S)
        except TimeoutError as error:
            raise InvalidRequest.saying(
                f"the agent gave up after {seconds:g} s; a mutation may still be carried out",
                TOO_COMPLEX,
            ) from error

    def answer(self, operation: Operation, deadline: Deadline) -> dict[str, Any]:
        """Execute in this thread; a query in one database session, unless it asks a provider."""
        if deadline.is_over:  # all threads were taken until now
            raise InvalidRequest.saying(str(TookTooLong(deadline.seconds)), TOO_COMPLEX)
        document = self._prepare(operation)
        is_query = document.operation(operation.name).operation is OperationType.QUERY
        context = Context(self.services, operation.caller, deadline)
        if is_query and not asks_providers(operation.text):
            with self._turns.one():
                result = self._read(document, operation, context)
        else:
            result = self._execute(document, operation, context)
        return shown(result, deadline if is_query else None)

    def _read(self, document: Document, operation: Operation, context: Context) -> ExecutionResult:
        """Answer a query as planned; what is not a whole answer then, graphql-core explains."""
        if plan := document.plan(operation.name):
            with self.services.read.session():
                data = plan.data(operation, context)
            if data is not None:
                return ExecutionResult(data)
        with self.services.read.session():
            return self._execute(document, operation, context)

    def _execute(
        self, document: Document, operation: Operation, context: Context
    ) -> ExecutionResult:
        return execute_sync(
            self.schema,
            document.node,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.name,
            hide_suggestions=self.hides_names,
        )

    def _prepare(self, operation: Operation) -> Document:
        document = self._documents.prepare(operation.text)
        kind = document.operation(operation.name).operation
        if kind not in operation.kinds:
            raise NotThisWay(kind)
        cost = document.cost(operation.name).of(operation.variables)
        if cost > self.limits.complexity:
            raise InvalidRequest.saying(
                f"this may read {cost:,} records, and {self.limits.complexity:,} are the most:"
                " ask for shorter pages",
                TOO_COMPLEX,
            )
        return document


def shown(result: ExecutionResult, deadline: Deadline | None = None) -> dict[str, Any]:
    """Return the answer to an operation; raise `InvalidRequest` if nothing was executed.

    What a `deadline` cut short is one error, instead of one for everything that is left out.
    """
    errors = result.errors or []
    if result.data is None and errors and all(is_about_request(error) for error in errors):
        raise InvalidRequest(errors, BAD_USER_INPUT)
    if errors and deadline and deadline.is_over:
        slow = TookTooLong(deadline.seconds)
        return {"data": None, "errors": [present(GraphQLError(str(slow), original_error=slow))]}
    answer: dict[str, Any] = {"data": result.data}
    if errors:
        answer["errors"] = [present(error) for error in errors]
    return answer
