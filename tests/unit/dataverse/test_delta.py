"""Change tracking, on answers in the documented shapes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import msgspec
import pytest

from seatsync.errors import AnswerUnreadable, BadInput, PassingFault
from seatsync_dataverse.delta import DeltaMark, Gone, Held, TrackedQuery
from seatsync_dataverse.errors import FullReadNeeded

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.client import DataverseClient
    from seatsync_dataverse.table_ref import TableRef

    Connect = Callable[..., DataverseClient]
    MakeService = Callable[..., Any]

SET = "https://crm.example/api/data/v9.2/demo_things?$select=demo_name,demo_price"
NEXT = f"{SET}&$skiptoken=%3Ccookie%20pagenumber=%222%22%20istracking=%22True%22%20/%3E"
DELTA = f"{SET}&$deltatoken=919042%2108%2f22%2f2026%2008%3a10%3a44"
LATER = f"{SET}&$deltatoken=919058%2108%2f22%2f2026%2008%3a21%3a20"


@pytest.fixture
def tracked(table: TableRef) -> TrackedQuery:
    return TrackedQuery(table, ("demo_name", "demo_price"))


def page(rows: list[dict[str, Any]], **links: str) -> httpx.Response:
    named = {f"@odata.{name}": link for name, link in links.items()}
    return httpx.Response(200, content=msgspec.json.encode({"value": rows, **named}))


def row(number: int, **values: Any) -> dict[str, Any]:
    return {
        "@odata.etag": f'W/"{number}"',
        "demo_thingid": str(UUID(int=number)),
        "demo_name": f"Thing {number}",
        **values,
    }


def gone(number: int) -> dict[str, Any]:
    context = "https://crm.example/api/data/v9.2/$metadata#demo_things/$deletedEntity"
    return {"@odata.context": context, "id": str(UUID(int=number)), "reason": "deleted"}


def test_a_first_read_follows_every_page_and_ends_with_a_mark(
    connect: Connect, service: MakeService, tracked: TrackedQuery
) -> None:
    wire = service(page([row(1), row(2)], nextLink=NEXT), page([row(3)], deltaLink=DELTA))
    first, last = connect(wire, page_size=2).changes.read(tracked)
    assert [change.row_id.int for page in (first, last) for change in page.changes] == [1, 2, 3]
    assert (first.mark, last.mark) == (None, DeltaMark(DELTA, tracked.digest))
    assert [str(asked.url) for asked in wire.asked] == [SET, NEXT]
    assert {asked.headers["Prefer"] for asked in wire.asked} == {
        "odata.track-changes,odata.maxpagesize=2"
    }


def test_a_later_read_takes_the_link_as_it_is(
    connect: Connect, service: MakeService, tracked: TrackedQuery
) -> None:
    wire = service(page([row(1), gone(9)], deltaLink=LATER))
    [only] = connect(wire).changes.read(tracked, DeltaMark(DELTA, tracked.digest))
    assert only.changes == [Held(UUID(int=1), 'W/"1"', row(1)), Gone(UUID(int=9), "deleted")]
    assert only.mark == DeltaMark(LATER, tracked.digest)
    assert wire.last.url.raw_path.decode() == DELTA.removeprefix("https://crm.example")
    assert wire.last.headers["Prefer"] == "odata.maxpagesize=5000"


def test_an_idle_poll_is_one_request(
    connect: Connect, service: MakeService, tracked: TrackedQuery
) -> None:
    wire = service(page([], deltaLink=LATER))
    [only] = connect(wire).changes.read(tracked, DeltaMark(DELTA, tracked.digest))
    assert (only.changes, len(wire.asked)) == ([], 1)


def test_money_stays_exact(connect: Connect, service: MakeService, tracked: TrackedQuery) -> None:
    body = b'{"value":[{"demo_thingid":"%s","demo_price":0.1000}],"@odata.deltaLink":"%s"}'
    content = body % (str(UUID(int=1)).encode(), DELTA.encode())
    [only] = connect(service(httpx.Response(200, content=content))).changes.read(tracked)
    [change] = only.changes
    assert isinstance(change, Held)
    assert repr(change.row["demo_price"]) == repr(Decimal("0.1000"))


@pytest.mark.parametrize(
    "error",
    [
        {"code": "0x80044352", "message": "expired"},
        {"code": "", "message": "Version stamp associated with the client has expired. Please"},
    ],
)
def test_an_expired_mark_asks_for_a_full_read(
    connect: Connect, service: MakeService, tracked: TrackedQuery, error: dict[str, str]
) -> None:
    client = connect(service(httpx.Response(400, json={"error": error})))
    with pytest.raises(FullReadNeeded) as raised:
        next(client.changes.read(tracked, DeltaMark(DELTA, tracked.digest)))
    assert isinstance(raised.value, PassingFault)


def test_a_mark_of_other_columns_asks_for_a_full_read_without_a_call(
    connect: Connect, service: MakeService, tracked: TrackedQuery, table: TableRef
) -> None:
    wire = service(page([], deltaLink=LATER))
    other = TrackedQuery(table, ("demo_name",))
    with pytest.raises(FullReadNeeded, match="other columns"):
        next(connect(wire).changes.read(tracked, DeltaMark(DELTA, other.digest)))
    assert wire.asked == []


def test_a_table_whose_changes_are_not_tracked_is_told(
    connect: Connect, service: MakeService, tracked: TrackedQuery
) -> None:
    with pytest.raises(AnswerUnreadable, match="tracks no changes") as raised:
        list(connect(service(page([row(1)]))).changes.read(tracked))
    assert "crm setup" in (raised.value.remedy or "")


def test_pages_that_go_round_in_a_circle_end(
    connect: Connect, service: MakeService, tracked: TrackedQuery
) -> None:
    with pytest.raises(AnswerUnreadable, match="do not end"):
        list(connect(service(page([row(1)], nextLink=NEXT))).changes.read(tracked))


def test_a_link_to_somebody_else_is_not_followed(
    connect: Connect, service: MakeService, tracked: TrackedQuery
) -> None:
    wire = service(page([row(1)], nextLink="https://elsewhere.example/things"))
    with pytest.raises(AnswerUnreadable, match="leads elsewhere"):
        list(connect(wire).changes.read(tracked))
    assert len(wire.asked) == 1


@pytest.mark.parametrize("broken", [{"demo_thingid": "x"}, {}, {"demo_thingid": 7}])
def test_a_row_without_a_usable_id_is_unreadable(
    connect: Connect, service: MakeService, tracked: TrackedQuery, broken: dict[str, Any]
) -> None:
    with pytest.raises(AnswerUnreadable, match="without a usable id"):
        list(connect(service(page([broken], deltaLink=DELTA))).changes.read(tracked))


def test_a_query_needs_columns(connect: Connect, service: MakeService, table: TableRef) -> None:
    with pytest.raises(BadInput, match="without columns"):
        next(connect(service(page([]))).changes.read(TrackedQuery(table, ())))
