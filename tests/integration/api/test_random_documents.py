"""Whatever is asked: an answer in time, every error with a code, and nothing that piles up."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import time
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest

from random_documents import Documents
from seatsync.domain.preview import Preview
from seatsync_graphql.schema import build_schema

if TYPE_CHECKING:
    from back_office import BackOffice
    from front_desk import FrontDesk

COUNT = int(os.environ.get("SEATSYNC_RANDOM_DOCUMENTS", "400"))
"""How many are sent; `make fuzz` sends 10,000."""

SLOWEST_S = 10
MOST_GROWTH = 80_000_000

EXPECTED = {
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "QUERY_TOO_COMPLEX",
}
PYTHON = ("Traceback", "object at 0x", "NoneType", "Error(", ".py", "psycopg", "sqlite3")


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """What is asked at random is about the API."""
    return migrated_sqlite_url


@pytest.fixture
def ids(office: BackOffice, desk: FrontDesk) -> list[str]:
    office.provider()
    account = office.account()
    contract = office.contract(account, is_default=True)
    customer = office.customer("c", account)
    subscription = office.subscription(customer, account_id=account.id)
    now = office.clock.now()
    desk.agent.engine.preview_to_give = Preview(contract.id, now, (), (), "checksum")
    known = [account.id, contract.id, customer, subscription, "garbage", ""]
    return [str(one) for one in known]


def judge(body: Any, answer: httpx.Response) -> None:
    told = answer.json()
    assert answer.status_code in {200, 400}, (body, told)
    for error in told.get("errors", []):
        assert error["extensions"]["code"] in EXPECTED, (body, error)
        assert not any(word in error["message"] for word in PYTHON), (body, error)


async def send_all(desk: FrontDesk, documents: Documents) -> int:
    """Send them one after the other; return by how many bytes memory grew in the later half."""
    process, grown_from = psutil.Process(), 0
    headers = {"Content-Type": "application/json"}
    transport = httpx.ASGITransport(desk.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for number in range(COUNT):
            if number == COUNT // 2:
                gc.collect()
                grown_from = process.memory_info().rss
            body = documents.request()
            begun = time.monotonic()
            answer = await client.post("/graphql", content=json.dumps(body), headers=headers)
            assert time.monotonic() - begun < SLOWEST_S, body
            judge(body, answer)
    gc.collect()
    return process.memory_info().rss - grown_from


def test_random_documents_get_answers_that_were_foreseen(desk: FrontDesk, ids: list[str]) -> None:
    seed = int(os.environ.get("SEATSYNC_RANDOM_SEED", "1"))
    documents = Documents(build_schema().graphql_schema, ids, seed)
    assert asyncio.run(send_all(desk, documents)) < MOST_GROWTH
