"""Documents: parsed, validated and weighed once, however often they are sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from graphql import (
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)

from seatsync_graphql.cost import Cost, cost_of
from seatsync_graphql.errors import PARSE_FAILED, TOO_COMPLEX, VALIDATION_FAILED, InvalidRequest
from seatsync_graphql.planning import plan_of
from seatsync_graphql.shape import require_fitting

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

    from seatsync_graphql.agent import Limits
    from seatsync_graphql.plan import Plan

KEPT = 500
"""How many documents stay parsed."""

LONGEST_KEPT = 20_000
"""Documents of more characters are parsed each time, so that what is kept stays small."""

ASK_PROVIDERS = ("subscriptionSyncPreview", "diagnose")
"""Fields that wait for a provider's answer."""


def asks_providers(text: str) -> bool:
    """Tell whether a document may wait for a provider; a comment alone can make it seem so."""
    return any(name in text for name in ASK_PROVIDERS)


def may_change(text: str) -> bool:
    """Tell whether a document may hold a mutation; a comment alone can make it seem so."""
    return "mutation" in text


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document, and what is known of its operations."""

    node: DocumentNode
    schema: GraphQLSchema
    _costs: dict[str | None, Cost] = field(default_factory=dict)
    _plans: dict[str | None, Plan | None] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation that is asked for; raise `InvalidRequest` if none is."""
        operation = get_operation_ast(self.node, name)
        if operation is None:
            raise InvalidRequest.saying(
                f"the document has no operation named {name}"
                if name
                else "operationName must say which operation of the document is meant"
            )
        return operation

    def cost(self, name: str | None) -> Cost:
        """Return what an operation costs; it is added up once."""
        if name not in self._costs:
            self._costs[name] = cost_of(self.schema, self.node, self.operation(name))
        return self._costs[name]

    def plan(self, name: str | None) -> Plan | None:
        """Return how to answer an operation without graphql-core, if it can be; made once."""
        if name not in self._plans:
            self._plans[name] = plan_of(self.schema, self.node, self.operation(name))
        return self._plans[name]


class Documents:
    """Parses and validates against one schema, and remembers."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, introspection: bool) -> None:
        """Answer questions about the schema itself only with `introspection`."""
        self._schema = schema
        self._limits = limits
        self._introspection = introspection
        hidden = () if introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules = (*specified_rules, *hidden)
        self._kept = lru_cache(KEPT)(self._prepare)

    def prepare(self, text: str) -> Document:
        """Return the document; raise `InvalidRequest`, which is not remembered."""
        return self._kept(text) if len(text) <= LONGEST_KEPT else self._prepare(text)

    def _prepare(self, text: str) -> Document:
        try:
            node = self._parse(text)
            require_fitting(node, self._limits)
            problems = validate(
                self._schema, node, self._rules, hide_suggestions=not self._introspection
            )
        except RecursionError as error:
            raise InvalidRequest.saying("nested too deeply", TOO_COMPLEX) from error
        if problems:
            raise InvalidRequest(problems, VALIDATION_FAILED)
        return Document(node, self._schema)

    def _parse(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_tokens=self._limits.tokens)
        except GraphQLSyntaxError as error:
            raise InvalidRequest([error], _code_of(error)) from error


def _code_of(error: GraphQLError) -> str:
    return TOO_COMPLEX if "contains more than" in error.message else PARSE_FAILED
