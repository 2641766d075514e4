"""Writes to a simulated organisation whose answers get lost, come late, or say no."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import pytest

from seatsync.errors import PassingFault, SkippedFault
from seatsync.sdk.simulator import answers, dropped
from seatsync_dataverse.errors import (
    CrmThrottled,
    CrmUnreachable,
    PluginObjected,
    RowChanged,
    RowExists,
    RowMissing,
    RowRefused,
)
from seatsync_dataverse.simulator import Limit
from seatsync_dataverse.value import Reference
from seatsync_dataverse.written import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.client import DataverseClient
    from seatsync_dataverse.simulator import Simulator
    from seatsync_dataverse.table_ref import TableRef
    from seatsync_dataverse.value import Value
    from seatsync_dataverse.written import Written

ONE, TWO = UUID(int=1), UUID(int=2)
VALUES: dict[str, Value] = {
    "demo_name": "O'Neil & Söhne",
    "demo_code": "C-1",
    "demo_count": 7,
    "demo_price": Decimal("312.50"),
    "demo_ison": True,
    "demo_at": datetime(2026, 1, 5, 12, tzinfo=UTC),
    "demo_state": 2,
}


def changes(crm: Simulator) -> int:
    """Return how many writes to things took effect."""
    return len([one for one in crm.journal if one.table == "demo_thing"])


def write(client: DataverseClient, things: TableRef, kind: str) -> Written:
    """Do one kind of write to row ONE."""
    writer = client.writer
    kinds: dict[str, Callable[[], Written]] = {
        "create": lambda: writer.create(things, ONE, VALUES),
        "create told": lambda: writer.create(things, ONE, VALUES, told=True),
        "update": lambda: writer.update(things, ONE, {"demo_count": 8}),
        "update told": lambda: writer.update(things, ONE, {"demo_count": 8}, told=True),
        "update unchanged": lambda: writer.update(
            things, ONE, {"demo_count": 8}, match=_etag(client, things)
        ),
        "upsert": lambda: writer.upsert(things, ONE, {"demo_count": 8}),
        "upsert by key": lambda: writer.upsert_by_key(
            things, {"demo_code": "C-1"}, {"demo_count": 8}
        ),
        "delete": lambda: writer.delete(things, ONE),
    }
    return kinds[kind]()


def _etag(client: DataverseClient, things: TableRef) -> str:
    row = client.rows.get(things, ONE, ("demo_count",))
    assert row is not None
    return str(row["@odata.etag"])


KINDS = (
    *("create", "create told", "update", "update told", "update unchanged"),
    *("upsert", "upsert by key", "delete"),
)


@pytest.fixture
def prepare(crm: Simulator) -> Callable[[str], None]:
    """Let row ONE be there, unless it is to be made."""

    def prepare_for(kind: str) -> None:
        if "create" not in kind:
            crm.add("demo_thing", {"demo_count": 7, "demo_code": "C-1"}, row_id=str(ONE))
            crm.forget()

    return prepare_for


def test_a_row_is_made_under_our_own_id(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    account = crm.add("account", {"name": "Example Bakery"})
    lookup = Reference("demo_AccountId", "accounts", UUID(account))
    done = client.writer.create(things, ONE, {**VALUES, "demo_accountid": lookup}, told=True)
    assert (done.row_id, done.outcome) == (ONE, Outcome.CREATED)
    assert done.etag == crm.etag("demo_thing", str(ONE))
    stored = crm.row("demo_thing", str(ONE))
    assert stored is not None
    assert (stored["demo_name"], stored["demo_count"]) == ("O'Neil & Söhne", 7)
    assert stored["demo_price"] == Decimal("312.50")
    assert stored["demo_accountid"] == account
    assert crm.journal[-1].tag == "seatsync"


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_is_lost_after_the_commit_doubles_nothing(
    client: DataverseClient, crm: Simulator, things: TableRef, kind: str, prepare: Any
) -> None:
    prepare(kind)
    crm.drop_after_commit("demo_things", method="(PATCH|DELETE)")
    done = write(client, things, kind)
    assert done.row_id == ONE
    assert done.outcome in {Outcome.ALREADY, Outcome.GONE}
    assert changes(crm) == 1
    assert len(crm.rows("demo_thing")) == (0 if kind == "delete" else 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [500, 503])
def test_a_fault_before_the_commit_is_tried_again(
    client: DataverseClient,
    crm: Simulator,
    things: TableRef,
    kind: str,
    status: int,
    prepare: Any,
) -> None:
    prepare(kind)
    crm.fail(answers(status), "demo_things", method="(PATCH|DELETE)")
    assert write(client, things, kind).outcome is not Outcome.ALREADY
    assert changes(crm) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_that_died_before_the_answer_came_writes_nothing_twice(
    connect: Callable[..., DataverseClient],
    crm: Simulator,
    things: TableRef,
    kind: str,
    prepare: Any,
) -> None:
    prepare(kind)
    first, second = connect(), connect()
    etag = "" if "create" in kind else _etag(first, things)
    write(first, things, kind)
    if kind == "update unchanged":
        done = second.writer.update(things, ONE, {"demo_count": 8}, match=etag)
    elif kind in {"update", "update told"}:
        done = second.writer.update(things, ONE, {"demo_count": 8}, look_first=True)
    elif kind == "upsert":
        done = second.writer.upsert(things, ONE, {"demo_count": 8}, look_first=True)
    else:
        done = write(second, things, kind)
    assert done.row_id == ONE
    assert changes(crm) == (2 if kind == "upsert by key" else 1)


def test_a_service_that_is_gone_for_good_is_passing(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    crm.fail(dropped(), "demo_things", times=1000)
    with pytest.raises(PassingFault) as raised:
        client.writer.create(things, ONE, VALUES)
    assert isinstance(raised.value, CrmUnreachable)


def test_a_row_that_differs_is_not_overwritten_by_a_create(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    crm.add("demo_thing", {"demo_count": 3}, row_id=str(ONE))
    crm.forget()
    with pytest.raises(RowExists):
        client.writer.create(things, ONE, VALUES)
    assert changes(crm) == 0


def test_another_row_with_the_same_key_is_told(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    crm.add("demo_thing", {"demo_code": "C-1"}, row_id=str(TWO))
    with pytest.raises(RowExists, match="already exists"):
        client.writer.create(things, ONE, VALUES)
    assert crm.row("demo_thing", str(ONE)) is None


def test_a_row_that_somebody_changed_is_left_alone(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    crm.add("demo_thing", {"demo_count": 3}, row_id=str(ONE))
    etag = crm.etag("demo_thing", str(ONE))
    crm.edit("demo_thing", str(ONE), {"demo_count": 4})
    with pytest.raises(RowChanged):
        client.writer.update(things, ONE, {"demo_count": 8}, match=etag)
    with pytest.raises(RowChanged):
        client.writer.delete(things, ONE, match=etag)
    assert (crm.row("demo_thing", str(ONE)) or {})["demo_count"] == 4


def test_a_missing_row_is_never_made_by_an_update(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    with pytest.raises(RowMissing) as raised:
        client.writer.update(things, ONE, {"demo_count": 8})
    assert isinstance(raised.value, SkippedFault)
    assert crm.rows("demo_thing") == []


def test_only_what_differs_is_sent(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    client.writer.create(things, ONE, VALUES)
    known = client.rows.get(things, ONE, tuple(VALUES))
    crm.forget()
    wanted: dict[str, Value] = {**VALUES, "demo_count": 8}
    assert client.writer.update(things, ONE, wanted, known=known).outcome is Outcome.UPDATED
    [change] = [one for one in crm.journal if one.table == "demo_thing"]
    assert set(change.columns) & set(VALUES) == {"demo_count"}
    assert client.writer.update(things, ONE, wanted, look_first=True).outcome is Outcome.ALREADY
    assert changes(crm) == 1


def test_an_upsert_tells_which_of_the_two_it_was_when_asked(
    client: DataverseClient, things: TableRef
) -> None:
    outcomes = [
        client.writer.upsert(things, ONE, {"demo_count": count}, told=told).outcome
        for count, told in ((1, True), (2, True), (3, False))
    ]
    assert outcomes == [Outcome.CREATED, Outcome.UPDATED, Outcome.WRITTEN]


def test_an_upsert_by_key_learns_the_id(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    key = {"demo_code": "O'Neil 1"}
    first = client.writer.upsert_by_key(things, key, {"demo_count": 1, "demo_code": "ignored"})
    again = client.writer.upsert_by_key(things, key, {"demo_count": 2})
    assert (first.outcome, again.outcome) == (Outcome.CREATED, Outcome.UPDATED)
    assert first.row_id == again.row_id
    stored = crm.row("demo_thing", str(first.row_id)) or {}
    assert (stored["demo_code"], stored["demo_count"]) == ("O'Neil 1", 2)


def test_a_row_that_is_gone_already_is_deleted_well_enough(
    client: DataverseClient, things: TableRef
) -> None:
    assert client.writer.delete(things, ONE).outcome is Outcome.GONE


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"demo_name": "x" * 101}, RowRefused),
        ({"demo_state": 5}, RowRefused),
        ({"demo_accountid": Reference("demo_AccountId", "accounts", TWO)}, RowMissing),
    ],
)
def test_a_value_that_does_not_fit_concerns_its_row_alone(
    client: DataverseClient,
    things: TableRef,
    values: dict[str, Value],
    kind: type[SkippedFault],
) -> None:
    with pytest.raises(kind):
        client.writer.create(things, ONE, values)


def test_business_logic_that_objects_is_quoted(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    crm.refuse_writes(lambda _table, _values: "No more than five things, please.")
    with pytest.raises(PluginObjected, match="No more than five things, please"):
        client.writer.create(things, ONE, VALUES)


@pytest.mark.parametrize("limit", list(Limit))
def test_each_limit_is_waited_out(
    client: DataverseClient, crm: Simulator, things: TableRef, limit: Limit, time: Any
) -> None:
    client.who_am_i()
    crm.throttle.growth_s = 0
    crm.throttled(limit, 20)
    client.writer.create(things, ONE, VALUES)
    assert sum(time.waits) >= 20
    assert changes(crm) == 1


def test_a_long_limit_is_given_back(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    client.who_am_i()
    crm.throttled(Limit.REQUESTS, 300)
    with pytest.raises(CrmThrottled) as raised:
        client.writer.create(things, ONE, VALUES)
    assert (raised.value.retry_after_s or 0) >= 300


def test_a_token_that_expired_is_renewed_once_for_everybody(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    client.who_am_i()
    crm.entra.revoke()
    _in_parallel(client, things, 8)
    assert crm.entra.tokens_given == 2
    assert len(crm.rows("demo_thing")) == 8


def test_writes_go_in_parallel_as_far_as_is_recommended(
    client: DataverseClient, crm: Simulator, things: TableRef
) -> None:
    _in_parallel(client, things, 12)
    assert client.lanes == 8
    assert changes(crm) == 12
    assert crm.traffic.cookies_returned == 0


def _in_parallel(client: DataverseClient, things: TableRef, count: int) -> None:
    threads = [
        threading.Thread(
            target=client.writer.create, args=(things, uuid5(ONE, str(n)), {"demo_count": n})
        )
        for n in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
