"""Serve the same rows with graphql-core alone, as fast as it goes without tricks of our own.

Documents are parsed and validated once; resolvers are written by hand; nothing waits for a thread.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from graphql import DocumentNode, build_schema, execute_sync, parse, validate
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from api_questions import SCHEMA
from api_rows import Page, Rows, identifier, instant, unit_cost
from api_serving import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

Resolver = Any


def column(name: str) -> Resolver:
    """Resolve a field from a column."""
    return lambda row, _: row[name]


def converted(name: str, convert: Callable[[Any], Any]) -> Resolver:
    """Resolve a field from a column whose value is spelled otherwise."""
    return lambda row, _: convert(row[name])


def related(relation: str) -> Resolver:
    """Resolve what a row refers to."""
    return lambda row, _: row["page"].related(row, relation)


PAGE_RESOLVERS: dict[str, Resolver] = {
    "nodes": lambda page, _: page.rows,
    "pageInfo": lambda page, _: page,
    "hasNextPage": lambda page, _: page.has_next,
    "endCursor": lambda page, _: page.end_cursor,
}
ROW_RESOLVERS: dict[str, Resolver] = {
    "id": converted("id", identifier),
    "externalId": column("external_id"),
    "billingType": column("billing_type"),
    "productName": column("product_name"),
    "partNumber": column("part_number"),
    "lastSyncedAt": converted("last_synced_at", instant),
    "unitCost": lambda row, _: unit_cost(row),
    **{relation: related(relation) for relation in ("account", "billingContract")},
    "providerAccount": related("providerAccount"),
}


class Server:
    """Answers GraphQL over HTTP, as far as the benchmark asks."""

    def __init__(self, rows: Rows) -> None:
        """Resolve from the rows."""
        self._rows = rows
        self._schema = build_schema(SCHEMA)
        self._prepare = lru_cache(100)(self._prepared)
        for kind in self._schema.type_map.values():
            for name, field in getattr(kind, "fields", {}).items():
                field.resolve = PAGE_RESOLVERS.get(name) or ROW_RESOLVERS.get(name) or column(name)
        self._schema.query_type.fields["subscriptions"].resolve = self._page  # type: ignore[union-attr]

    async def answer(self, request: Request) -> Response:
        """Answer one request, on the event loop."""
        asked = msgspec.json.decode(await request.body())
        result = execute_sync(
            self._schema, self._prepare(asked["query"]), variable_values=asked["variables"]
        )
        if result.errors:
            raise result.errors[0]
        return Response(msgspec.json.encode({"data": result.data}), media_type="application/json")

    def _prepared(self, text: str) -> DocumentNode:
        document = parse(text)
        problems = validate(self._schema, document)
        if problems:
            raise problems[0]
        return document

    def _page(self, _: None, __: Any, first: int, after: str | None = None) -> Page:
        return self._rows.page(first, after)


def main() -> None:
    """Serve the rows that a description tells of."""
    server = Server(Rows.open(Path(sys.argv[1])))
    serve(Starlette(routes=[Route("/graphql", server.answer, methods=["POST"])]))


if __name__ == "__main__":
    main()
