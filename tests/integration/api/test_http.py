from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from front_desk import FrontDesk, Server
from seatsync.errors import Refusal
from seatsync.mirror.codec import decode_uuid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice

GRAPHQL = "application/graphql-response+json"
PREVIEW = """query Preview($id: ID!) {
  subscriptionSyncPreview(billingContractId: $id) { checksum }
}"""


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """What HTTP does is the same on either database."""
    return migrated_sqlite_url


@pytest.fixture
def closed_desk(office: BackOffice) -> Iterator[FrontDesk]:
    desk = FrontDesk(office, Server(cors_origins=(), graphiql=False, introspection=False))
    yield desk
    desk.close()


def post(desk: FrontDesk, accept: str = GRAPHQL, **body: Any) -> Any:
    return desk.send("POST", "/graphql", json=body, headers={"Accept": accept})


def test_a_query_is_answered_by_post_and_by_get(desk: FrontDesk) -> None:
    query = "query Q($n: Int) { accounts(first: $n) { totalCount } }"
    expected = {"data": {"accounts": {"totalCount": 0}}}
    assert post(desk, query=query, variables={"n": 1}).json() == expected
    parameters = {"query": query, "variables": '{"n": 1}'}
    assert desk.send("GET", "/graphql", params=parameters).json() == expected


def test_a_mutation_by_get_is_not_carried_out(desk: FrontDesk) -> None:
    query = 'mutation { createAccount(input: {name: "x"}) { account { id } } }'
    answer = desk.send("GET", "/graphql", params={"query": query})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert desk.ask("{ accounts { totalCount } }") == {"accounts": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, application/json;q=0.9", GRAPHQL),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
    ],
)
def test_the_answer_has_the_type_that_was_asked_for(
    desk: FrontDesk, accept: str, media_type: str
) -> None:
    answer = post(desk, accept, query="{ __typename }")
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ " * 3000, "GRAPHQL_PARSE_FAILED"),
        ("{ nothingOfThatName }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ("query Q($n: Int!) { accounts(first: $n) { totalCount } }", "BAD_USER_INPUT"),
    ],
)
def test_what_cannot_be_executed_is_400_with_a_code(desk: FrontDesk, query: str, code: str) -> None:
    answer = post(desk, query=query)
    assert answer.status_code == 400
    assert answer.json().keys() == {"errors"}
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {code}
    assert post(desk, "application/json", query=query).status_code == 200


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"query": "{ __typename }"}', "text/plain", 415),
        (b"not json", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'[{"query": "{ __typename }"}]', "application/json", 400),
        (b'{"query": 7}', "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"query": "{ __typename }", "variables": []}', "application/json", 400),
        (b'{"query": "{ __typename }", "operationName": 1}', "application/json", 400),
    ],
)
def test_a_malformed_request_is_refused_with_a_code(
    desk: FrontDesk, content: bytes, content_type: str, status: int
) -> None:
    headers = {"Content-Type": content_type}
    answer = desk.send("POST", "/graphql", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_client_that_takes_no_json_is_told_so(desk: FrontDesk) -> None:
    assert post(desk, "image/png", query="{ __typename }").status_code == 406


@pytest.mark.parametrize("value", ["garbage", "", "00000000", "\x00", "\ud800"])
@pytest.mark.parametrize("field", ["account", "node", "job", "subscription"])
def test_a_garbage_id_is_bad_user_input(desk: FrontDesk, field: str, value: str) -> None:
    assert desk.refused(f"query Q($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=value) == (
        "BAD_USER_INPUT"
    )


@pytest.mark.parametrize(
    "instant", ["yesterday", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", 7]
)
def test_a_garbage_instant_is_bad_user_input(desk: FrontDesk, instant: object) -> None:
    variable = "query Q($at: DateTime) { jobs(filter: {since: $at}) { totalCount } }"
    assert desk.refused(variable, at=instant) == "BAD_USER_INPUT"
    literal = f"{{ jobs(filter: {{since: {json.dumps(instant)}}}) {{ totalCount }} }}"
    assert desk.refused(literal) == "BAD_USER_INPUT"


def test_an_unknown_id_is_null(desk: FrontDesk) -> None:
    answer = desk.ask("query Q($id: ID!) { node(id: $id) { id } job(id: $id) { id } }", id=STRANGER)
    assert answer == {"node": None, "job": None}


STRANGER = str(UUID(int=7))


def test_any_record_is_found_as_a_node(desk: FrontDesk, office: BackOffice) -> None:
    account = office.account("Aster Mills")
    query = "query Q($id: ID!) { node(id: $id) { __typename id ... on Account { name } } }"
    expected = {"__typename": "Account", "id": str(account.id), "name": "Aster Mills"}
    assert desk.ask(query, id=str(account.id).upper())["node"] == expected
    assert desk.ask(query, id=str(office.audited()[0].id))["node"]["__typename"] == "AuditEntry"


def test_an_unexpected_fault_is_a_reference_to_the_log_and_nothing_else(
    desk: FrontDesk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = post(desk, query=PREVIEW, variables={"id": STRANGER})
    [error] = answer.json()["errors"]
    assert error["extensions"].keys() == {"code", "reference"}
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "secret" not in answer.text
    assert error["extensions"]["reference"] in caplog.text
    assert "a secret about" in caplog.text


def test_a_fault_outside_of_every_field_is_masked_too(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a secret of the session")

    monkeypatch.setattr(type(desk.agent.services.read), "session", broken)
    with caplog.at_level(logging.ERROR):
        answer = post(desk, query="{ accounts { totalCount } }")
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["extensions"]["reference"] in caplog.text
    assert "secret" not in answer.text


def test_a_refused_preview_says_why(desk: FrontDesk) -> None:
    desk.agent.engine.preview_to_give = Refusal("NOT_FOUND", "there is no such contract")
    answer = desk.raw(PREVIEW, id=STRANGER)
    [error] = answer["errors"]
    assert error["message"] == "there is no such contract"
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "reason": "NOT_FOUND"}


def test_the_agent_lives_and_says_what_is_not_working(desk: FrontDesk) -> None:
    assert desk.send("GET", "/healthz").status_code == 200
    assert desk.send("GET", "/readyz").status_code == 200
    desk.agent.problems["jobs"] = "no job is being taken"
    answer = desk.send("GET", "/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == {"jobs": "no job is being taken"}


def test_a_browser_gets_a_page_that_needs_nothing_from_elsewhere(desk: FrontDesk) -> None:
    answer = desk.send("GET", "/graphql", headers={"Accept": "text/html,*/*"})
    assert answer.headers["content-type"].startswith("text/html")
    assert "http" not in answer.text
    parts = re.findall(r' (?:src|href)="(?!data:)([^"]+)"', answer.text)
    assert len(parts) == 2
    for part in parts:
        given = desk.send("GET", f"/{part}")
        assert given.status_code == 200
        assert "immutable" in given.headers["cache-control"]
        assert given.headers["etag"]


def test_only_the_scripts_of_the_page_may_run_in_it(desk: FrontDesk) -> None:
    pages = [desk.send("GET", "/graphql", headers={"Accept": "text/html"}) for _ in range(2)]
    nonces = [re.findall(r'nonce="([^"]+)"', page.text)[0] for page in pages]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        policy = page.headers["content-security-policy"].split("; ")
        assert "default-src 'none'" in policy
        assert f"script-src 'nonce-{nonce}'" in policy


@pytest.mark.parametrize("name", ["x.js", "..%2fpage.py", "%2e%2e", "page.html", "licences.txt"])
def test_nothing_but_the_files_of_the_page_is_given(desk: FrontDesk, name: str) -> None:
    assert desk.send("GET", f"/graphiql/{name}").status_code == 404


def test_the_page_and_the_schema_can_be_closed_off(closed_desk: FrontDesk) -> None:
    page = closed_desk.send("GET", "/graphql", headers={"Accept": "text/html"})
    assert page.status_code == 406
    assert closed_desk.refused("{ __schema { types { name } } }") == "GRAPHQL_VALIDATION_FAILED"


def test_only_the_configured_front_ends_may_read_answers(desk: FrontDesk) -> None:
    asked = {"Access-Control-Request-Method": "POST"}
    friend = desk.send("OPTIONS", "/graphql", headers={"Origin": "https://crm.example", **asked})
    stranger = desk.send("OPTIONS", "/graphql", headers={"Origin": "https://x.example", **asked})
    assert friend.headers["access-control-allow-origin"] == "https://crm.example"
    assert "access-control-allow-origin" not in stranger.headers


def test_ids_are_lower_case_uuids(desk: FrontDesk, office: BackOffice) -> None:
    account = office.account()
    [[stored]] = office.rows("SELECT id FROM account")
    [node] = desk.ask("{ accounts { nodes { id } } }")["accounts"]["nodes"]
    assert node["id"] == str(account.id) == str(decode_uuid(stored))
