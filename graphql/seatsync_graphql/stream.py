"""Carrying an operation out whose answers come over time."""

from __future__ import annotations

import dataclasses
from contextlib import aclosing
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, cast

from graphql import (
    ExecutionResult,
    OperationType,
    create_source_event_stream,
    execute_subscription_event,
    map_source_to_response_event,
)
from graphql.execution import Executor as Execution

from seatsync_graphql.context import Context
from seatsync_graphql.deadline import Deadline
from seatsync_graphql.errors import BAD_USER_INPUT, InvalidRequest
from seatsync_graphql.execution import Operation, shown

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from seatsync_graphql.documents import Document
    from seatsync_graphql.execution import Executor

EVERY_KIND = frozenset(OperationType)


async def answers(executor: Executor, operation: Operation) -> AsyncGenerator[dict[str, Any], None]:
    """Yield the one answer of a query or mutation, or those of a live update as they come.

    Raises `InvalidRequest` if nothing can be executed.
    """
    operation = dataclasses.replace(operation, kinds=EVERY_KIND)
    document = await executor.prepared(operation)
    if document.operation(operation.name).operation is not OperationType.SUBSCRIPTION:
        yield await executor.run(operation)
        return
    async with aclosing(_updates(executor, operation, document)) as updates:
        async for update in updates:
            yield update


async def _updates(
    executor: Executor, operation: Operation, document: Document
) -> AsyncGenerator[dict[str, Any], None]:
    never = Deadline(float("inf"))
    context = Context(executor.services, operation.caller, never, executor.beside)
    execution = Execution.build(
        executor.schema,
        document.node,
        context_value=context,
        raw_variable_values=operation.variables,
        operation_name=operation.name,
        hide_suggestions=executor.hides_names,
    )
    if isinstance(execution, list):
        raise InvalidRequest(execution, BAD_USER_INPUT)
    source: Any = create_source_event_stream(execution)
    if isawaitable(source):
        source = await source
    if isinstance(source, ExecutionResult):
        yield shown(source)
        return

    async def one_event(event: Execution[Any]) -> ExecutionResult:
        return await executor.beside(lambda: _executed(executor, event))

    async with aclosing(map_source_to_response_event(execution, source, one_event)) as results:
        async for result in results:
            yield shown(result)


def _executed(executor: Executor, event: Execution[Any]) -> ExecutionResult:
    with executor.services.read.session():
        result: Any = execute_subscription_event(event)
    return cast("ExecutionResult", result)
