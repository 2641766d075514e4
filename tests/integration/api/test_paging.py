from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from back_office import BackOffice
    from front_desk import FrontDesk

CONNECTIONS = (
    "accounts",
    "billingContracts",
    "subscriptions",
    "providerAccounts",
    "syncRuns",
    "syncReport",
    "jobs",
    "exceptions",
    "auditLog",
)

PAGE = """
query Page($first: Int, $after: String, $last: Int, $before: String) {
  accounts(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { name } }
    nodes { name }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""


@pytest.fixture
def accounts(office: BackOffice) -> list[str]:
    names = ["amber", "birch", "cedar", "dune", "ember"]
    for name in names:
        office.account(name)
    return names


def test_a_client_reads_forward_to_the_end(desk: FrontDesk, accounts: list[str]) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = desk.ask(PAGE, first=2, after=after)["accounts"]
        seen += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 5
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == accounts


def test_a_client_reads_backward_to_the_start(desk: FrontDesk, accounts: list[str]) -> None:
    page = desk.ask(PAGE, last=2)["accounts"]
    assert [edge["node"]["name"] for edge in page["edges"]] == ["dune", "ember"]
    page = desk.ask(PAGE, last=9, before=page["pageInfo"]["startCursor"])["accounts"]
    assert [node["name"] for node in page["nodes"]] == ["amber", "birch", "cedar"]
    assert page["pageInfo"]["hasNextPage"]
    assert not page["pageInfo"]["hasPreviousPage"]


SENSELESS = (
    "first: 0",
    "first: 501",
    "last: 0",
    "last: -1",
    "first: 1, last: 1",
    'after: "garbage"',
)


def test_a_senseless_window_is_bad_user_input(desk: FrontDesk) -> None:
    codes = {
        desk.refused(f"{{ {connection}({arguments}) {{ totalCount }} }}")
        for connection in CONNECTIONS
        for arguments in SENSELESS
    }
    assert codes == {"BAD_USER_INPUT"}


def test_an_empty_list_has_no_cursors(desk: FrontDesk) -> None:
    page = desk.ask(PAGE, first=2)["accounts"]
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


def test_the_list_is_only_counted_when_the_client_asks(
    desk: FrontDesk, accounts: list[str]
) -> None:
    plain = desk.statements("{ accounts { nodes { name } } }")
    assert desk.statements("{ accounts { totalCount nodes { name } } }") == plain + 1
