"""What one request may ask for."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from graphql import get_introspection_query

from front_desk import FrontDesk, Limits, Server
from seatsync.domain.roles import LOCAL
from seatsync.services.reading import Records
from seatsync_graphql.deadline import Deadline
from seatsync_graphql.errors import InvalidRequest
from seatsync_graphql.execution import Executor, Operation
from seatsync_graphql.schema import build_schema
from seatsync_graphql.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice

TOO_COMPLEX = "QUERY_TOO_COMPLEX"


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """What may be asked for is the same on either database."""
    return migrated_sqlite_url


@pytest.fixture
def strict_desk(office: BackOffice) -> Iterator[FrontDesk]:
    """Serve no more than 50,000 records at a time."""
    desk = FrontDesk(office, Server(limits=replace(Limits(), complexity=50_000)))
    yield desk
    desk.close()


@pytest.fixture
def quiet_desk(office: BackOffice) -> Iterator[FrontDesk]:
    desk = FrontDesk(office, Server(graphiql=False, introspection=False))
    yield desk
    desk.close()


def nested(levels: int) -> str:
    inner = "account { id }"
    for _ in range(levels):
        inner = f"account {{ landingContract {{ {inner} }} }}"
    return f"{{ billingContracts(first: 1) {{ nodes {{ {inner} }} }} }}"


def aliased(count: int) -> str:
    return "{ " + " ".join(f"a{number}: __typename" for number in range(count)) + " }"


def pages(accounts: str, subscriptions: str, changes: str) -> str:
    """Ask for accounts, their subscriptions, and the license changes of these."""
    text = (
        f"accounts({accounts}) {{ nodes {{ subscriptions({subscriptions}) {{ nodes {{"
        f" licenseChanges({changes}) {{ edges {{ node {{ id }} }} }} }} }} }} }}"
    ).replace("()", "")
    known = {"$n": "$n: Int = 500", "$m": "$m: Int"}
    used = ", ".join(declared for name, declared in known.items() if name in text)
    return f"query Q({used}) {{ {text} }}".replace("()", "")


@pytest.mark.parametrize(
    "query",
    [
        nested(8),
        "query Q { ...A } fragment A on Query { " + nested(8)[2:-2] + " }",
        "{ ..." * 20 + " on Query { __typename" + " }" * 21,
        aliased(101),
        "{ " + "__typename " * 4000 + "}",
        "{ " + "viewer { name } " * 200 + "}",
        "{ accounts { nodes { id " + "... on Account { name domain id } " * 200 + "} } }",
        "{ " + "...A " * 600 + "} fragment A on Query { viewer { name } viewer { name roles } }"
        " fragment B on Query { " + "viewer { name } " * 180 + "}",
        "{ " + " ".join(f"a{n}: __schema {{ queryType {{ name }} }}" for n in range(26)) + " }",
    ],
    ids=lambda query: query[:30],
)
def test_a_document_of_too_much_is_refused_before_anything_is_read(
    desk: FrontDesk, query: str
) -> None:
    begun = time.monotonic()
    assert desk.refused(query) == TOO_COMPLEX
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("query", [nested(5), aliased(100), get_introspection_query()])
def test_a_document_of_much_is_answered(desk: FrontDesk, query: str) -> None:
    desk.ask(query)


def test_graphiql_may_ask_for_all_of_the_schema(desk: FrontDesk) -> None:
    query = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    assert desk.ask(query)["__schema"]["subscriptionType"]["name"] == "LiveUpdates"


@pytest.mark.parametrize(
    ("sizes", "variables"),
    [
        (("first: 500", "first: 500", "first: 1"), {}),
        (("first: 500", "last: 500", "last: 1"), {}),
        (("first: 200", "first: $n", "first: 1"), {}),
        (("first: $m", "first: $m", "first: 1"), {"m": 300}),
        (("first: $n", "last: $m", "first: 1"), {"n": None, "m": 500}),
        (("", "", ""), {}),
    ],
)
def test_a_query_that_may_read_too_many_records_is_refused(
    strict_desk: FrontDesk, sizes: tuple[str, str, str], variables: dict[str, Any]
) -> None:
    [error] = strict_desk.raw(pages(*sizes), **variables)["errors"]
    assert error["extensions"]["code"] == TOO_COMPLEX
    assert "50,000" in error["message"]


@pytest.mark.parametrize(
    ("sizes", "variables"),
    [
        (("first: 500", "first: 10", "first: 1"), {}),
        (("first: $n", "first: 5", "first: 1"), {}),
        (("first: $m", "first: $m", "first: 1"), {"m": 50}),
        (("first: 10", "", "first: 5"), {}),
    ],
)
def test_a_query_of_as_many_records_in_shorter_pages_is_answered(
    strict_desk: FrontDesk, sizes: tuple[str, str, str], variables: dict[str, Any]
) -> None:
    assert "errors" not in strict_desk.raw(pages(*sizes), **variables)


def test_a_page_size_that_is_out_of_range_is_told_as_that(desk: FrontDesk) -> None:
    query = "query Q($n: Int) { accounts(first: $n) { totalCount } }"
    for size in (0, -1, 501, 2**31 - 1):
        assert desk.refused(query, n=size) == "BAD_USER_INPUT"


def test_asking_providers_over_and_over_in_one_query_is_refused(desk: FrontDesk) -> None:
    contract = "00000000-0000-0000-0000-000000000007"
    asked = (
        f'a{number}: diagnose(billingContractId: "{contract}") {{ conclusion }}'
        for number in range(11)
    )
    assert desk.refused(f"{{ {' '.join(asked)} }}") == TOO_COMPLEX


def test_a_request_that_is_too_long_is_refused_unread(office: BackOffice) -> None:
    desk = FrontDesk(office, Server(limits=replace(Limits(), request_bytes=2000)))
    body = {"query": "{ __typename }", "variables": {"x": "y" * 2000}}
    answer = desk.send("POST", "/graphql", json=body)
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    query = {"query": "{ __typename }", "variables": '{"x": "' + "y" * 2000 + '"}'}
    assert desk.send("GET", "/graphql", params=query).status_code == 414
    desk.close()


@pytest.fixture
def slow_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every page take a tenth of a second."""
    read = Records.page

    def slowly(self: Any, *arguments: Any) -> Any:
        time.sleep(0.1)
        return read(self, *arguments)

    monkeypatch.setattr(Records, "page", slowly)


def test_an_operation_that_takes_too_long_ends_between_two_readings(
    office: BackOffice, slow_reading: None
) -> None:
    desk = FrontDesk(office, Server(limits=replace(Limits(), seconds=0.25)))
    query = " ".join(f"a{number}: accounts {{ totalCount }}" for number in range(50))
    begun = time.monotonic()
    answer = desk.raw(f"{{ {query} }}")
    assert time.monotonic() - begun < 2
    [error] = answer["errors"]
    assert error["extensions"] == {"code": TOO_COMPLEX}
    assert answer["data"] is None
    desk.close()


def test_an_operation_that_hangs_is_not_waited_for(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync_graphql.execution.GRACE_S", 0.1)
    monkeypatch.setattr(Records, "page", lambda *_: time.sleep(1.5))
    desk = FrontDesk(office, Server(limits=replace(Limits(), seconds=0.1)))
    begun = time.monotonic()
    assert desk.refused("{ accounts { totalCount } }") == TOO_COMPLEX
    assert time.monotonic() - begun < 1
    desk.close()


def test_an_operation_that_waited_too_long_for_its_turn_is_not_begun(
    desk: FrontDesk, office: BackOffice
) -> None:
    turns = Turns(lambda: False)
    executor = Executor(build_schema(), desk.agent.services, Limits(), turns, introspection=True)
    create = 'mutation { createAccount(input: {name: "x"}) { account { id } } }'
    with pytest.raises(InvalidRequest) as refused:
        executor.answer(Operation(create, None, None, LOCAL), Deadline(-1))
    assert refused.value.errors[0].extensions == {"code": TOO_COMPLEX}
    assert office.audited() == []
    executor.close()


LEAKS = [
    ("{ acounts { totalCount } }", {}),
    ("{ accounts { totlCount } }", {}),
    ("{ accounts(frst: 1) { totalCount } }", {}),
    ("{ jobs(filter: {status: WAITIN}) { totalCount } }", {}),
    ("{ jobs(filter: {statu: WAITING}) { totalCount } }", {}),
    ("query Q($f: JobFilte) { jobs(filter: $f) { totalCount } }", {}),
    ("query Q($f: JobFilter) { jobs(filter: $f) { totalCount } }", {"f": {"statu": "WAITING"}}),
    ("query Q($f: JobFilter) { jobs(filter: $f) { totalCount } }", {"f": {"status": "WAITIN"}}),
    ("{ node(id: 1) { ... on Accoun { name } } }", {}),
    ("{ node(id: 1) { name } }", {}),
    ("{ __typename @ned }", {}),
]


@pytest.mark.parametrize(("query", "variables"), LEAKS)
def test_without_introspection_no_name_leaks_through_suggestions(
    quiet_desk: FrontDesk, desk: FrontDesk, query: str, variables: dict[str, Any]
) -> None:
    assert "errors" in desk.raw(query, **variables)
    shown = str(quiet_desk.raw(query, **variables)["errors"])
    assert "Did you mean" not in shown
    asked_about = query + str(variables)
    for name in ("accounts", "totalCount", "first", "status'", "WAITING", "needs"):
        assert name in asked_about or name not in shown


def test_with_introspection_a_typo_is_helped(desk: FrontDesk) -> None:
    [error] = desk.raw("{ acounts { totalCount } }")["errors"]
    assert "Did you mean 'accounts'" in error["message"]


@pytest.mark.parametrize(
    "query", ["{ __schema { description } }", '{ __type(name: "Job") { name } }']
)
def test_without_introspection_the_schema_is_not_told(quiet_desk: FrontDesk, query: str) -> None:
    assert quiet_desk.refused(query) == "GRAPHQL_VALIDATION_FAILED"
    assert quiet_desk.ask("{ __typename }") == {"__typename": "Query"}
