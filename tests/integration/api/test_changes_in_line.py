"""Changes that wait for a sync to let them write keep no query waiting."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from back_office import BackOffice
    from front_desk import FrontDesk

CHANGE = 'mutation { createAccount(input: { name: "Example" }) { userErrors { code } } }'
QUERY = "{ accounts { totalCount } }"
CHANGES = 12
PATIENCE_S = 10


async def ask(client: httpx.AsyncClient, query: str) -> str:
    return (await client.post("/graphql", json={"query": query})).text


async def ask_while_somebody_writes(desk: FrontDesk, office: BackOffice) -> tuple[str, list[str]]:
    """Ask for changes, then a query; return its answer, and the changes' once the writer ends."""
    transport = httpx.ASGITransport(desk.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        with ExitStack() as writer:
            writer.enter_context(office.mirror.writing())
            changes = [asyncio.create_task(ask(client, CHANGE)) for _ in range(CHANGES)]
            await asyncio.sleep(0.1)
            answer = await asyncio.wait_for(ask(client, QUERY), PATIENCE_S)
        return answer, await asyncio.gather(*changes)


def test_a_query_is_answered_while_changes_wait(desk: FrontDesk, office: BackOffice) -> None:
    answer, changes = asyncio.run(ask_while_somebody_writes(desk, office))
    assert "errors" not in answer
    assert changes == ['{"data":{"createAccount":{"userErrors":[]}}}'] * CHANGES
