"""First loads of a simulated organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from seatsync.errors import ProviderUnreachable
from seatsync.sdk.simulator import answers
from seatsync_dataverse.bulk import CREATE, UPSERT, Loaded, NewRow
from seatsync_dataverse.errors import RequestMistaken, RowExists, RowRefused
from seatsync_dataverse.written import Outcome, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seatsync_dataverse.client import DataverseClient
    from seatsync_dataverse.simulator import Simulator
    from seatsync_dataverse.table_ref import TableRef

    Connect = Callable[..., DataverseClient]

TOO_LARGE = answers(500, b'{"error":{"code":"0x80044151","message":"SQL timeout expired."}}')


def some(count: int, **values: int) -> list[NewRow]:
    return [NewRow(UUID(int=n + 1), {"demo_count": n, **values}) for n in range(count)]


def outcomes(loaded: Iterable[Loaded]) -> list[object]:
    return [
        one.result.outcome if isinstance(one.result, Written) else type(one.result)
        for one in loaded
    ]


def written(crm: Simulator) -> int:
    return len([one for one in crm.journal if one.table == "demo_thing"])


def test_rows_are_made_in_messages_of_many(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    loaded = list(client.bulk.create(things, some(25), size=10))
    assert [one.row.row_id.int for one in loaded] == list(range(1, 26))
    assert set(outcomes(loaded)) == {Outcome.CREATED}
    assert crm.requests(CREATE) == 3
    assert {one.tag for one in crm.journal} == {"seatsync"}


def test_rows_are_made_or_changed_in_messages_of_many(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    crm.add("demo_thing", {"demo_count": 99}, row_id=str(UUID(int=1)))
    assert set(outcomes(client.bulk.upsert(things, some(3)))) == {Outcome.WRITTEN}
    assert crm.requests(UPSERT) == 1
    assert sorted(row["demo_count"] for row in crm.rows("demo_thing")) == [0, 1, 2]


@pytest.mark.parametrize("kind", ["create", "upsert"])
def test_one_bad_row_stands_alone_and_the_others_go_on(
    client: DataverseClient, crm: Simulator, things: TableRef, kind: str
) -> None:
    rows = some(16)
    rows[5] = NewRow(rows[5].row_id, {"demo_state": 77})
    loaded = list(getattr(client.bulk, kind)(things, rows))
    assert [one.row for one in loaded] == rows
    assert [place for place, one in enumerate(loaded) if isinstance(one.result, RowRefused)] == [5]
    assert len(crm.rows("demo_thing")) == written(crm) == 15


@pytest.mark.parametrize("kind", ["create", "upsert"])
def test_an_answer_that_is_lost_doubles_nothing(
    client: DataverseClient, crm: Simulator, things: TableRef, kind: str
) -> None:
    crm.drop_after_commit("Multiple")
    assert outcomes(getattr(client.bulk, kind)(things, some(6))) == [Outcome.ALREADY] * 6
    assert written(crm) == 6


@pytest.mark.parametrize("kind", ["create", "upsert"])
def test_a_load_that_begins_again_doubles_nothing(
    client: DataverseClient, crm: Simulator, things: TableRef, kind: str
) -> None:
    list(client.bulk.create(things, some(4)))
    loaded = outcomes(getattr(client.bulk, kind)(things, some(6), size=4))
    assert len(crm.rows("demo_thing")) == 6
    if kind == "create":
        assert loaded == [Outcome.ALREADY] * 4 + [Outcome.CREATED] * 2
        assert written(crm) == 6


def test_a_row_that_differs_is_told_and_not_overwritten(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    crm.add("demo_thing", {"demo_count": 99}, row_id=str(UUID(int=2)))
    loaded = outcomes(client.bulk.create(things, some(3)))
    assert loaded == [Outcome.CREATED, RowExists, Outcome.CREATED]


def test_messages_that_take_too_long_get_smaller_for_good(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    crm.fail(TOO_LARGE, "Multiple")
    assert outcomes(client.bulk.create(things, some(32), size=16)) == [Outcome.CREATED] * 32
    assert crm.requests(CREATE) == 1 + 4


def test_a_table_without_the_message_is_loaded_singly(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    nothing = b'{"error":{"code":"","message":"No HTTP resource was found that matches"}}'
    crm.fail(answers(404, nothing), "Multiple", times=9)
    assert outcomes(client.bulk.create(things, some(3))) == [Outcome.CREATED] * 3


def test_a_mistake_of_ours_stops_at_once(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    with pytest.raises(RequestMistaken):
        list(client.bulk.create(things, some(50, demo_nothing=1)))
    assert crm.requests() < 10


def test_nobody_there_stops_at_once(
    client: DataverseClient, crm: Simulator, things: TableRef, connect: Connect
) -> None:
    away = connect(base_url="http://127.0.0.1:9/api/data/v9.2")
    with pytest.raises(ProviderUnreachable):
        list(away.bulk.create(things, some(3)))


def test_it_can_be_asked_whether_a_message_is_offered(
    client: DataverseClient, things: TableRef
) -> None:
    assert client.bulk.is_offered(things, CREATE)
    assert not client.bulk.is_offered(things, "NothingMultiple")
