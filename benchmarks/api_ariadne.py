"""Serve the same rows with Ariadne, as its documentation shows; in the outside environment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ariadne import ObjectType, QueryType, make_executable_schema  # pyright: ignore[reportMissingImports]
from ariadne.asgi import GraphQL  # pyright: ignore[reportMissingImports]

from api_questions import SCHEMA
from api_rows import RELATIONS, Page, Rows, identifier, instant, unit_cost
from api_serving import serve

QUERY = QueryType()
CONNECTION = ObjectType("SubscriptionConnection")
PAGE_INFO = ObjectType("PageInfo")
SUBSCRIPTION = ObjectType("Subscription")
RECORDS = [ObjectType(name) for name in ("Account", "BillingContract", "ProviderAccount")]
COLUMNS = {
    "externalId": "external_id",
    "billingType": "billing_type",
    "productName": "product_name",
    "partNumber": "part_number",
}


def nodes(page: Page, _: Any) -> list[dict[str, Any]]:
    """Return the rows of a page."""
    return page.rows


def page_info(page: Page, _: Any) -> dict[str, Any]:
    """Return where a page stands."""
    return {"hasNextPage": page.has_next, "endCursor": page.end_cursor}


def last_synced_at(row: dict[str, Any], _: Any) -> str | None:
    """Return an instant."""
    return instant(row["last_synced_at"])


def cost(row: dict[str, Any], _: Any) -> dict[str, Any] | None:
    """Return an amount."""
    return unit_cost(row)


def record_id(row: dict[str, Any], _: Any) -> str:
    """Return an id."""
    return identifier(row["id"])


def declare() -> None:
    """Declare the fields that are resolved alike."""
    CONNECTION.set_field("nodes", nodes)
    CONNECTION.set_field("pageInfo", page_info)
    SUBSCRIPTION.set_field("lastSyncedAt", last_synced_at)
    SUBSCRIPTION.set_field("unitCost", cost)
    for kind in (SUBSCRIPTION, *RECORDS):
        kind.set_field("id", record_id)
    RECORDS[2].set_alias("externalId", "external_id")
    for name, column in COLUMNS.items():
        SUBSCRIPTION.set_alias(name, column)
    for relation in RELATIONS:
        SUBSCRIPTION.set_field(relation, related(relation))


def related(relation: str) -> Any:
    """Resolve what a row refers to."""
    return lambda row, _: row["page"].related(row, relation)


def main() -> None:
    """Serve the rows that a description tells of."""
    rows = Rows.open(Path(sys.argv[1]))

    def subscriptions(_: None, __: Any, first: int, after: str | None = None) -> Page:
        return rows.page(first, after)

    QUERY.set_field("subscriptions", subscriptions)
    declare()
    kinds = [QUERY, CONNECTION, PAGE_INFO, SUBSCRIPTION, *RECORDS]
    serve(GraphQL(make_executable_schema(SCHEMA, *kinds)))


if __name__ == "__main__":
    main()
