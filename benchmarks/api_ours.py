"""Serve the agent's API; beside it, the same rows as raw JSON, without any GraphQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from api_rows import Page, Rows, identifier, instant, unit_cost
from api_serving import serve
from seatsync.bootstrap.agent import open_agent
from seatsync.bootstrap.entry_point import WEB_APPLICATION, load_from
from seatsync.config.load import load_config
from seatsync.sdk.registry import discover

if TYPE_CHECKING:
    from starlette.requests import Request


class RawJson:
    """Answers with rows."""

    def __init__(self, rows: Rows) -> None:
        """Read them on the event loop, where no thread has to be waited for."""
        self._rows = rows

    async def answer(self, request: Request) -> JSONResponse:
        """Answer as GraphQL would."""
        asked = request.query_params
        first = int(asked["first"])
        data = {"page": show_page(self._rows.page(first))}
        if "after" in asked:
            data["next"] = show_page(self._rows.page(first, asked["after"]))
        return JSONResponse({"data": data})


def show_page(page: Page) -> dict[str, Any]:
    """Return one page as plain values."""
    return {
        "nodes": [_show_row(page, row) for row in page.rows],
        "pageInfo": {"hasNextPage": page.has_next, "endCursor": page.end_cursor},
    }


def _show_row(page: Page, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": identifier(row["id"]),
        "externalId": row["external_id"],
        "name": row["name"],
        "quantity": row["quantity"],
        "status": row["status"],
        "billingType": row["billing_type"],
        "productName": row["product_name"],
        "partNumber": row["part_number"],
        "term": row["term"],
        "lastSyncedAt": instant(row["last_synced_at"]),
        "unitCost": unit_cost(row),
        "billingContract": _show(page.related(row, "billingContract"), "name", "currency"),
        "account": _show(page.related(row, "account"), "name", "domain"),
        "providerAccount": _show_customer(page.related(row, "providerAccount")),
    }


def _show(record: dict[str, Any] | None, *names: str) -> dict[str, Any] | None:
    if record is None:
        return None
    return {"id": identifier(record["id"])} | {name: record[name] for name in names}


def _show_customer(record: dict[str, Any] | None) -> dict[str, Any]:
    assert record is not None  # noqa: S101 - the database keeps it from dangling
    shown = {"id": identifier(record["id"]), "externalId": record["external_id"]}
    return shown | {"name": record["name"]}


def main() -> None:
    """Serve the agent of a configuration, with the rows that a description tells of."""
    config = load_config(Path(sys.argv[1]), discover(), {})
    with open_agent(config) as agent:
        app: Any = load_from(WEB_APPLICATION)(agent)
        app.routes.append(Route("/rows", RawJson(Rows.open(Path(sys.argv[2]))).answer))
        serve(app)


if __name__ == "__main__":
    main()
