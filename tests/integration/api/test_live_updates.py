"""Live updates over `graphql-transport-ws`, as the protocol describes it."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from front_desk import FrontDesk, Limits, Server, counted
from seatsync.domain.ids import new_id
from seatsync.domain.roles import LOCAL
from seatsync_graphql import conversation
from socket_talk import Served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice
    from seatsync.domain.job import Job

FOLLOW_JOB = "subscription Follow($id: ID!) { job(id: $id) { status syncRun { id } } }"
FOLLOW_REPORT = """subscription($filter: SyncReportFilter) {
  syncReport(filter: $filter) { change subscriptionName run { requestedBy } }
}"""


@pytest.fixture
def migrated_url(request: pytest.FixtureRequest) -> str:
    """What the protocol does is the same on either database, unless a test asks for both."""
    url: str = request.getfixturevalue(getattr(request, "param", "migrated_sqlite_url"))
    return url


on_both_databases = pytest.mark.parametrize(
    "migrated_url", ["migrated_sqlite_url", "migrated_postgres_url"], indirect=True
)


@pytest.fixture
def served(desk: FrontDesk) -> Iterator[Served]:
    with Served(desk).open() as served:
        yield served


def ask_for_a_job(office: BackOffice) -> Job:
    office.provider()
    return office.syncs.sync_provider(LOCAL, "px")


def eventually_nothing_is_open(served: Served) -> None:
    sockets = served.desk.app.state.sockets
    end = time.monotonic() + 10
    while sockets.connections.open or sockets.subscriptions.open:
        assert time.monotonic() < end
        time.sleep(0.01)


@on_both_databases
def test_a_job_is_followed_to_its_end(served: Served, office: BackOffice) -> None:
    job = ask_for_a_job(office)
    with served.talk() as client:
        client.subscribe("a", FOLLOW_JOB, id=str(job.id))
        first = client.hear()
        assert first["payload"] == {"data": {"job": {"status": "WAITING", "syncRun": None}}}
        office.jobs.cancel(LOCAL, job.id)
        last = client.hear()
        assert (last["type"], last["id"]) == ("next", "a")
        assert last["payload"]["data"]["job"]["status"] == "CANCELLED"
        assert client.hear() == {"type": "complete", "id": "a"}


def test_a_job_that_has_ended_is_told_once(served: Served, office: BackOffice) -> None:
    job = ask_for_a_job(office)
    office.jobs.cancel(LOCAL, job.id)
    with served.talk() as client:
        client.subscribe("a", FOLLOW_JOB, id=str(job.id))
        assert [client.hear()["type"] for _ in range(2)] == ["next", "complete"]


@pytest.mark.parametrize("key", ["garbage", "00000000-0000-0000-0000-000000000007"])
def test_a_job_that_does_not_exist_is_an_error(served: Served, key: str) -> None:
    with served.talk() as client:
        client.subscribe("a", FOLLOW_JOB, id=key)
        answer = client.hear()
        assert (answer["type"], answer["id"]) == ("error", "a")
        assert answer["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_queries_and_mutations_are_answered_too(served: Served) -> None:
    with served.talk() as client:
        create = 'mutation { createAccount(input: {name: "x"}) { account { name } } }'
        client.subscribe("m", create)
        assert client.hear()["payload"]["data"]["createAccount"]["account"] == {"name": "x"}
        assert client.hear() == {"type": "complete", "id": "m"}
        client.subscribe("q", "{ accounts { totalCount } }")
        assert client.hear()["payload"] == {"data": {"accounts": {"totalCount": 1}}}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription Q($id: ID!) { job(id: $id) { id } }", "BAD_USER_INPUT"),
        ("{ accounts(first: 0) { totalCount } } query B { __typename }", "GRAPHQL_VALIDATION"),
    ],
)
def test_what_cannot_be_executed_is_an_error_with_a_code(
    served: Served, query: str, code: str
) -> None:
    with served.talk() as client:
        client.subscribe("a", query)
        answer = client.hear()
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"].startswith(code)
        client.subscribe("a", "{ __typename }")
        assert client.hear()["type"] == "next"


def test_what_nobody_expected_is_masked(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a secret of the session")

    monkeypatch.setattr(type(served.desk.agent.services.read), "session", broken)
    with served.talk() as client:
        client.subscribe("a", FOLLOW_REPORT)
        [error] = client.hear()["payload"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["reference"] in caplog.text
    assert "secret" not in str(error)


@on_both_databases
def test_entries_are_told_as_they_are_written(served: Served, office: BackOffice) -> None:
    office.provider()
    earlier = begin_run(office)
    write_entry(office, earlier, "told before")
    with served.talk() as client:
        with settling(office):
            client.subscribe("a", FOLLOW_REPORT, filter={"change": "UPDATED"})
        write_entry(office, earlier, "of the run under way")
        write_entry(office, earlier, "of no interest", change="CREATED")
        later = begin_run(office)
        write_entry(office, later, "of a run that began since")
        heard = [client.hear()["payload"]["data"]["syncReport"] for _ in range(2)]
    assert {entry["subscriptionName"] for entry in heard} == {
        "of the run under way",
        "of a run that began since",
    }
    assert heard[0]["run"] == {"requestedBy": "schedule"}


@on_both_databases
def test_however_much_is_written_at_once_all_of_it_is_told_in_order(
    served: Served, office: BackOffice
) -> None:
    office.provider()
    run = begin_run(office)
    names = [f"entry {number}" for number in range(1100)]
    with served.talk() as client:
        with settling(office):
            client.subscribe("a", "subscription { syncReport { subscriptionName } }")
        with office.mirror.writing():
            for name in names:
                write_entry(office, run, name)
        heard = [client.hear()["payload"]["data"]["syncReport"] for _ in names]
    assert [entry["subscriptionName"] for entry in heard] == names


@contextmanager
def settling(office: BackOffice) -> Iterator[None]:
    """Wait, at the end of the body, until what it follows has been looked at once."""
    with counted(office.mirror) as statements:
        yield
        end = time.monotonic() + 10
        while sum("FROM sync_run" in statement for statement in statements) < 4:
            assert time.monotonic() < end
            time.sleep(0.02)


def begin_run(office: BackOffice) -> Any:
    run = new_id()
    counts = ("fetched", "created", "updated", "unchanged", "unassigned", "missing", "failed")
    with office.mirror.writing():
        office._insert(
            "sync_run",
            id=run,
            trigger_kind="AUTOMATIC",
            provider_key="px",
            requested_by="schedule",
            started_at=office.clock.now(),
            outcome="RUNNING",
            **dict.fromkeys(counts, 0),
        )
    return run


def write_entry(office: BackOffice, run: Any, name: str, change: str = "UPDATED") -> None:
    with office.mirror.writing():
        office._insert(
            "report_entry",
            id=new_id(),
            run_id=run,
            provider_key="px",
            change_kind=change,
            external_id="s",
            subscription_name=name,
            field_changes="[]",
            occurred_at=office.clock.now(),
        )


def test_a_client_that_vanishes_leaves_nothing_behind(served: Served, office: BackOffice) -> None:
    job = ask_for_a_job(office)
    with served.talk() as client:
        client.subscribe("a", FOLLOW_JOB, id=str(job.id))
        client.subscribe("b", FOLLOW_REPORT)
        client.hear()
        assert served.desk.app.state.sockets.connections.open
        assert served.desk.app.state.sockets.subscriptions.open
    eventually_nothing_is_open(served)


def test_a_completed_update_is_no_longer_told(served: Served, office: BackOffice) -> None:
    job = ask_for_a_job(office)
    with served.talk() as client:
        client.subscribe("a", FOLLOW_JOB, id=str(job.id))
        client.hear()
        client.say("complete", id="a")
        client.say("complete", id="a")
        client.subscribe("b", "{ __typename }")
        assert client.hear()["id"] == "b"
        assert not served.desk.app.state.sockets.subscriptions.open.get("a")
        client.subscribe("a", "{ __typename }")
        assert [client.hear()["type"] for _ in range(2)] == ["complete", "next"]


@pytest.mark.parametrize("protocols", [["graphql-ws"], [], ["graphql-ws", "soap"]])
def test_any_other_protocol_is_refused_at_the_handshake(
    served: Served, protocols: list[str]
) -> None:
    assert served.refused(protocols=protocols) == 400


def test_a_refused_handshake_is_no_error_of_the_agents(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    served.refused(protocols=["graphql-ws"])
    served.refused(origin="https://elsewhere.example")
    with served.talk() as client:
        client.subscribe("a", "{ __typename }")
        client.hear()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_page_that_is_no_front_end_is_refused_at_the_handshake(served: Served) -> None:
    assert served.refused(origin="https://elsewhere.example") == 403
    for origin in ("https://crm.example", f"http://{served.address}"):
        with served.talk(origin=origin):
            pass


def test_a_client_pings_and_is_ponged(served: Served) -> None:
    with served.talk(greet=False) as client:
        client.say("connection_init", payload={"anything": 1})
        client.hear()
        client.say("ping", payload={"n": 1})
        assert client.hear() == {"type": "pong"}
        client.say("pong")
        client.subscribe("a", "{ __typename }")
        assert client.hear()["type"] == "next"


def test_a_client_that_does_not_greet_is_left(served: Served) -> None:
    with served.talk(greet=False) as client:
        client.subscribe("a", "{ __typename }")
        assert client.closed()[0] == 4401


def test_a_client_that_stays_silent_is_left(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "GREETING_S", 0.05)
    with served.talk(greet=False) as client:
        assert client.closed()[0] == 4408


def test_a_second_greeting_ends_the_conversation(served: Served) -> None:
    with served.talk() as client:
        client.say("connection_init")
        assert client.closed()[0] == 4429


def test_an_id_that_is_in_use_ends_the_conversation(served: Served, office: BackOffice) -> None:
    job = ask_for_a_job(office)
    with served.talk() as client:
        client.subscribe("a", FOLLOW_JOB, id=str(job.id))
        client.hear()
        client.subscribe("a", FOLLOW_JOB, id=str(job.id))
        assert client.closed() == (4409, "Subscriber for a already exists")
    eventually_nothing_is_open(served)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[" * 100_000,
        "7",
        "{}",
        '{"type": "soap"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}}',
        '{"type": "subscribe", "id": "a", "payload": {}}',
        '{"type": "subscribe", "id": "a", "payload": {"query": "{ a }", "variables": []}}',
    ],
)
def test_a_message_that_means_nothing_ends_the_conversation(served: Served, text: str) -> None:
    with served.talk() as client:
        client.socket.send(text)
        assert client.closed()[0] == 4400


def test_bytes_end_the_conversation(served: Served) -> None:
    with served.talk() as client:
        client.socket.send(b"{}")
        assert client.closed()[0] == 4400


def test_one_client_may_have_so_many_connections_and_updates(office: BackOffice) -> None:
    limits = replace(Limits(), connections=1, subscriptions=1)
    desk = FrontDesk(office, Server(limits=limits))
    job = ask_for_a_job(office)
    with Served(desk).open() as served:
        with served.talk() as client:
            assert served.refused() == 429
            client.subscribe("a", FOLLOW_JOB, id=str(job.id))
            assert client.hear()["type"] == "next"
            client.subscribe("b", FOLLOW_JOB, id=str(job.id))
            answer = client.hear()
            assert (answer["type"], answer["id"]) == ("error", "b")
            assert answer["payload"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"
        eventually_nothing_is_open(served)
        with served.talk():
            pass
    desk.close()
