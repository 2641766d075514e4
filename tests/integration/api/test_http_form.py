"""GraphQL over HTTP, as its specification and the audit of it ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from front_desk import FrontDesk

NEW = "application/graphql-response+json"
OLD = "application/json"
ANY = {"query": "{ __typename }"}


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """What HTTP does is the same on either database."""
    return migrated_sqlite_url


def post(desk: FrontDesk, accept: str | None = NEW, **body: Any) -> Any:
    headers = {} if accept is None else {"Accept": accept}
    return desk.send("POST", "/graphql", json=body, headers=headers)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, OLD),
        ("*/*", OLD),
        ("application/*", OLD),
        (NEW, NEW),
        (f"{OLD}, {NEW}", NEW),
        (f"{OLD};q=0.9, {NEW};q=0.8", OLD),
        (f"{NEW};q=0, {OLD}", OLD),
        (f"text/html, {NEW.upper()}", NEW),
        (f"{NEW};q=garbage", NEW),
        ("text/html, */*;q=0.1", OLD),
    ],
)
def test_the_client_chooses_the_type_of_the_answer(
    desk: FrontDesk, accept: str | None, media_type: str
) -> None:
    answer = post(desk, accept, **ANY)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", f"{NEW};q=0", "image/*;q=1", "nonsense"])
def test_a_client_that_takes_neither_type_is_refused(desk: FrontDesk, accept: str) -> None:
    assert post(desk, accept, **ANY).status_code == 406


@pytest.mark.parametrize("accept", [NEW, OLD])
@pytest.mark.parametrize("name", ["query", "operationName", "variables", "extensions"])
@pytest.mark.parametrize("value", [7, True, ["x"], {"x": 1}, "text", None])
def test_a_parameter_of_the_wrong_type_is_400_and_a_right_one_is_not(
    desk: FrontDesk, accept: str, name: str, value: Any
) -> None:
    wanted = {"query": (), "operationName": (None,), "variables": ({"x": 1}, None)}
    is_right = value in wanted.get(name, wanted["variables"])
    answer = post(desk, accept, **(ANY | {name: value}))
    if is_right:
        assert answer.json() == {"data": {"__typename": "Query"}}
    elif name in {"query", "operationName"} and value == "text":
        assert answer.status_code == (400 if accept == NEW else 200)
    else:
        assert answer.status_code == 400


@pytest.mark.parametrize("name", ["variables", "extensions"])
def test_parameters_in_an_address_are_json_in_text(desk: FrontDesk, name: str) -> None:
    for value, status in (({"x": 1}, 200), ([], 400), ("x", 400)):
        asked = ANY | {name: json.dumps(value)}
        assert desk.send("GET", "/graphql", params=asked).status_code == status
    assert desk.send("GET", "/graphql", params=ANY | {name: "{"}).status_code == 400


@pytest.mark.parametrize(
    ("accept", "status"), [(NEW, 400), (OLD, 200)], ids=["the new type", "the old type"]
)
@pytest.mark.parametrize(
    "body",
    [
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": "query Q($id: ID!) { job(id: $id) { id } }", "variables": {"id": None}},
        {"query": "{ __typename }", "operationName": "Q"},
        {"query": "{ __typename }" + " " * 9 + "# " + "x" * 99, "operationName": "Q"},
    ],
)
def test_what_cannot_be_executed_has_no_data_and_a_status_by_type(
    desk: FrontDesk, body: dict[str, Any], accept: str, status: int
) -> None:
    answer = post(desk, accept, **body)
    assert answer.status_code == status
    assert answer.json().keys() == {"errors"}


def test_text_beyond_ascii_comes_back_as_it_went(desk: FrontDesk) -> None:
    query = "mutation($n: String!) { createAccount(input: {name: $n}) { account { name } } }"
    name = "Ærø, 株式会社 🦆"
    answer = post(desk, query=query, variables={"n": name}).json()
    assert answer["data"]["createAccount"]["account"]["name"] == name


def test_live_updates_are_for_websockets(desk: FrontDesk) -> None:
    answer = post(desk, query="subscription { syncReport { id } }")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(desk: FrontDesk, method: str) -> None:
    assert desk.send(method, "/graphql", json=ANY).status_code == 405


def test_several_requests_in_one_are_refused(desk: FrontDesk) -> None:
    answer = desk.send("POST", "/graphql", json=[ANY, ANY])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_what_a_page_could_send_without_asking_first_is_refused(
    desk: FrontDesk, content_type: str
) -> None:
    answer = desk.send(
        "POST",
        "/graphql",
        content=json.dumps(ANY),
        headers={"Content-Type": content_type},
    )
    assert answer.status_code == 415
