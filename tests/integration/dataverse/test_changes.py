"""Tables read by change tracking from a simulated organisation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from seatsync.errors import AnswerUnreadable
from seatsync.sdk.simulator import answers, dropped
from seatsync_dataverse.delta import Gone, Held, TrackedQuery
from seatsync_dataverse.errors import FullReadNeeded, RequestMistaken
from seatsync_dataverse.simulator import Kind, TableSketch

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.client import DataverseClient
    from seatsync_dataverse.delta import DeltaMark
    from seatsync_dataverse.simulator import Simulator
    from seatsync_dataverse.table_ref import TableRef
    from virtual_time import VirtualTime

    Connect = Callable[..., DataverseClient]

COLUMNS = ("demo_name", "demo_count", "demo_price", "_demo_accountid_value", "statecode")


@pytest.fixture
def tracked(things: TableRef) -> TrackedQuery:
    return TrackedQuery(things, COLUMNS)


def read(
    client: DataverseClient, tracked: TrackedQuery, mark: DeltaMark | None = None
) -> tuple[list[Held | Gone], DeltaMark]:
    """Read everything, and return it with the mark of the last page."""
    pages = list(client.changes.read(tracked, mark))
    assert [page.mark is None for page in pages[:-1]] == [True] * (len(pages) - 1)
    last = pages[-1].mark
    assert last is not None
    return [change for page in pages for change in page.changes], last


def add(crm: Simulator, count: int) -> list[str]:
    return crm.add_many(
        "demo_thing", [{"demo_name": f"{n}", "demo_count": n} for n in range(count)]
    )


def test_a_first_read_has_every_row_on_pages(
    connect: Connect, crm: Simulator, tracked: TrackedQuery
) -> None:
    ids = add(crm, 7)
    found, _ = read(connect(page_size=3), tracked)
    assert [str(change.row_id) for change in found] == ids
    assert crm.requests("demo_things") == 3


def test_a_later_read_has_what_changed_and_an_idle_one_is_one_request(
    client: DataverseClient, crm: Simulator, tracked: TrackedQuery
) -> None:
    changed, deleted, deactivated, _ = add(crm, 4)
    _, mark = read(client, tracked)
    crm.edit("demo_thing", changed, {"demo_price": Decimal("12.5")})
    crm.delete("demo_thing", deleted)
    crm.edit("demo_thing", deactivated, {"statecode": 1})
    never_seen = crm.add("demo_thing", {"demo_name": "brief"})
    crm.delete("demo_thing", never_seen)
    found, mark = read(client, tracked, mark)
    held = {str(one.row_id): one.row for one in found if isinstance(one, Held)}
    assert held[changed]["demo_price"] == Decimal("12.5")
    assert held[deactivated]["statecode"] == 1
    assert {str(one.row_id) for one in found if isinstance(one, Gone)} == {deleted, never_seen}
    crm.forget()
    assert read(client, tracked, mark)[0] == []
    assert crm.requests() == 1


def test_our_own_write_comes_back_with_the_tag_that_it_was_answered_with(
    client: DataverseClient, tracked: TrackedQuery, things: TableRef
) -> None:
    _, mark = read(client, tracked)
    done = client.writer.create(things, UUID(int=1), {"demo_count": 1}, told=True)
    [echo], _ = read(client, tracked, mark)
    assert isinstance(echo, Held)
    assert (echo.row_id, echo.etag) == (done.row_id, done.etag)


def test_the_agent_is_known_as_the_one_who_wrote(client: DataverseClient, things: TableRef) -> None:
    client.writer.create(things, UUID(int=1), {"demo_count": 1})
    row = client.rows.get(things, UUID(int=1), ("_modifiedby_value",))
    assert row is not None
    assert UUID(row["_modifiedby_value"]) == client.who_am_i().user_id


def test_an_expired_mark_is_followed_by_a_full_read(
    client: DataverseClient, crm: Simulator, tracked: TrackedQuery, time: VirtualTime
) -> None:
    kept, lost = add(crm, 2)
    _, mark = read(client, tracked)
    crm.delete("demo_thing", lost)
    time.clock.passed_s += 8 * 24 * 3600
    with pytest.raises(FullReadNeeded):
        read(client, tracked, mark)
    found, mark = read(client, tracked)
    assert [str(one.row_id) for one in found] == [kept]
    assert read(client, tracked, mark)[0] == []


def test_another_column_needs_a_full_read(
    client: DataverseClient, tracked: TrackedQuery, things: TableRef
) -> None:
    _, mark = read(client, tracked)
    with pytest.raises(FullReadNeeded):
        read(client, TrackedQuery(things, (*COLUMNS, "demo_code")), mark)


def test_a_read_goes_on_through_faults(
    connect: Connect, crm: Simulator, tracked: TrackedQuery
) -> None:
    ids = add(crm, 9)
    crm.fail(answers(503), "demo_things", nth=2)
    crm.fail(dropped(), "demo_things", nth=3)
    found, _ = read(connect(page_size=2), tracked)
    assert [str(change.row_id) for change in found] == ids


def test_a_column_that_is_not_there_is_our_mistake(
    client: DataverseClient, things: TableRef
) -> None:
    with pytest.raises(RequestMistaken, match="demo_nothing"):
        read(client, TrackedQuery(things, ("demo_nothing",)))


def test_a_table_that_is_not_tracked_is_told(client: DataverseClient, crm: Simulator) -> None:
    sketch = TableSketch("demo_Loose", {"demo_Name": Kind.STRING}, tracks_changes=False)
    crm.set_up(sketch)
    table = client.metadata.table("demo_loose")
    assert table is not None
    with pytest.raises((AnswerUnreadable, RequestMistaken)):
        read(client, TrackedQuery(table.ref, ("demo_name",)))


def test_rows_are_found_by_a_filter_on_pages(connect: Connect, crm: Simulator) -> None:
    add(crm, 7)
    found = connect(page_size=2).rows.find("demo_things", ("demo_count",), "demo_count gt 2")
    assert [row["demo_count"] for row in found] == [3, 4, 5, 6]


def test_a_row_is_found_by_its_key_or_not_at_all(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    made = crm.add("demo_thing", {"demo_code": "O'Neil é"})
    row = client.rows.by_key(things, {"demo_code": "O'Neil é"}, ("demo_code",))
    assert row is not None
    assert row["demo_thingid"] == made
    assert client.rows.by_key(things, {"demo_code": "nobody"}, ()) is None
    assert client.rows.get(things, UUID(int=9), ()) is None
