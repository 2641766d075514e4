"""Documents: parsed and validated once, however often they are sent."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)

from seatsync_graphql.errors import PARSE_FAILED, VALIDATION_FAILED, InvalidRequest

if TYPE_CHECKING:
    from graphql import GraphQLSchema

KEPT = 500
"""How many documents stay parsed."""

MOST_TOKENS = 10_000

ASK_PROVIDERS = ("subscriptionSyncPreview",)
"""Fields that wait for a provider's answer."""


def asks_providers(text: str) -> bool:
    """Tell whether a document may wait for a provider; a comment alone can make it seem so."""
    return any(field in text for field in ASK_PROVIDERS)


def kind_of(document: DocumentNode, name: str | None) -> OperationType:
    """Return what kind of operation is asked for; raise `InvalidRequest` if none is."""
    operation = get_operation_ast(document, name)
    if operation is None:
        raise InvalidRequest.saying(
            f"the document has no operation named {name}"
            if name
            else "operationName must say which operation of the document is meant"
        )
    return operation.operation


class Documents:
    """Parses and validates against one schema, and remembers."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        """Answer questions about the schema itself only with `introspection`."""
        self._schema = schema
        hidden = () if introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules = (*specified_rules, *hidden)
        self.prepare = lru_cache(KEPT)(self._prepare)

    def _prepare(self, text: str) -> DocumentNode:
        """Return the document; raise `InvalidRequest`, which is not remembered."""
        node = _parse(text)
        try:
            problems = validate(self._schema, node, self._rules)
        except RecursionError as error:
            raise InvalidRequest.saying("nested too deeply", VALIDATION_FAILED) from error
        if problems:
            raise InvalidRequest(problems, VALIDATION_FAILED)
        return node


def _parse(text: str) -> DocumentNode:
    try:
        return parse(text, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        raise InvalidRequest([error], PARSE_FAILED) from error
    except RecursionError as error:
        raise InvalidRequest([GraphQLError("nested too deeply")], PARSE_FAILED) from error
