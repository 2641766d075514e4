"""A plan answers exactly as graphql-core does, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import OperationType, execute_sync

from front_desk import Limits
from random_documents import Documents as RandomDocuments
from seatsync.domain.roles import LOCAL
from seatsync_graphql.context import Context
from seatsync_graphql.deadline import Deadline
from seatsync_graphql.documents import Documents, asks_providers
from seatsync_graphql.errors import InvalidRequest
from seatsync_graphql.execution import Operation
from seatsync_graphql.schema import build_schema

if TYPE_CHECKING:
    from graphql import ExecutionResult

    from back_office import BackOffice
    from front_desk import FrontDesk

OPERATIONS = sorted(Path(__file__).parents[3].glob("graphql/operations/*.graphql"))
SCHEMA = build_schema().graphql_schema
COUNT = 1_500


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """Plans do not know which database there is."""
    return migrated_sqlite_url


class Scales:
    """Weighs a plan against graphql-core."""

    def __init__(self, desk: FrontDesk) -> None:
        self.documents = Documents(SCHEMA, Limits(), introspection=True)
        self._services = desk.agent.services

    def both(self, text: str, variables: Any = None) -> tuple[Any, ExecutionResult] | None:
        """Answer twice; None for what has no plan."""
        document = self.documents.prepare(text)
        operation = Operation(text, None, variables, LOCAL)
        plan = document.plan(None)
        if plan is None:
            return None
        with self._services.read.session():
            planned = plan.data(operation, self._context())
            executed = execute_sync(
                SCHEMA, document.node, context_value=self._context(), variable_values=variables
            )
        return planned, executed

    def _context(self) -> Context:
        return Context(self._services, LOCAL, Deadline(60))


@pytest.fixture
def scales(desk: FrontDesk) -> Scales:
    return Scales(desk)


@pytest.fixture
def ids(office: BackOffice) -> list[str]:
    """A mirror in which most questions find something."""
    office.provider()
    account, other = office.account(), office.account("Other")
    contract = office.contract(account, is_default=True)
    customer = office.customer("c", account)
    subscription = office.subscription(customer, account_id=account.id)
    billed = office.subscription(
        customer,
        "s-2",
        account_id=account.id,
        billing_contract_id=contract.id,
        name="日本 \U0001f986",
    )
    office.customer("unmapped")
    known = [account.id, other.id, contract.id, customer, subscription, billed, "garbage"]
    return [str(one) for one in known]


def require_same(found: tuple[Any, ExecutionResult], text: str) -> bool:
    """Compare both answers byte by byte; tell whether the plan had one."""
    planned, executed = found
    if executed.errors:
        assert planned is None, (text, executed.errors)
        return False
    assert json.dumps(planned) == json.dumps(executed.data), text
    return True


def test_random_queries_are_answered_with_the_same_bytes(scales: Scales, ids: list[str]) -> None:
    documents = RandomDocuments(SCHEMA, ids, seed=7)
    answered = refused = 0
    for _ in range(COUNT):
        body = documents.request()
        text, variables = (
            (body.get("query"), body.get("variables")) if isinstance(body, dict) else ("", None)
        )
        if not isinstance(text, str) or asks_providers(text):
            continue
        try:
            found = scales.both(text, variables if isinstance(variables, dict) else None)
        except InvalidRequest:
            continue
        if found is not None:
            same = require_same(found, text)
            answered, refused = answered + same, refused + (not same)
    assert answered > COUNT / 20
    assert refused > COUNT / 200


DOCUMENTS = {
    "fragments": """
        { subscriptions { ...Page } accounts { nodes { ... on Node { id } ...Name } } }
        fragment Page on SubscriptionConnection { nodes { name ...Billed ...Billed } }
        fragment Billed on Subscription { ... { account { id } } account { ...Name } }
        fragment Name on Account { name __typename }
    """,
    "aliases": """
        {
          a: applicationSettings { sync { on: updateCosts } }
          a: applicationSettings { provisioning { m: providerAccountMatch } }
          b: __typename
        }
    """,
    "arguments": """
        query ($first: Int = 1, $status: SubscriptionStatus) {
          subscriptions(first: $first, filter: {status: $status}) {
            totalCount edges { cursor node { id licenseChanges(first: $first) { totalCount } } }
            pageInfo { hasNextPage endCursor }
          }
          accounts { nodes { landingContract(billingType: USAGE) { id } } }
        }
    """,
    "amounts": "{ subscriptions { nodes { unitCost { amount currency } quantity isTrial } } }",
    "exceptions": "{ exceptions { nodes { kind message since subscription { name } } } }",
    "providers": "{ providers { key health { state } accounts { nodes { account { id } } } } }",
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.usefixtures("ids")
def test_what_documents_are_made_of_is_planned(scales: Scales, name: str) -> None:
    found = scales.both(DOCUMENTS[name], {})
    assert found is not None
    assert require_same(found, name)


LEFT = {
    "node": '{ node(id: "x") { id } }',
    "schema": "{ __schema { queryType { name } } }",
    "skipped": "{ viewer { name @skip(if: true) roles } }",
    "changing": 'mutation { runScheduledJob(input: {key: "prune"}) { job { id } } }',
    "endless": "{ subscriptions { ...A } }"
    " fragment A on SubscriptionConnection { nodes { ...B } }"
    " fragment B on Subscription { "
    + " ".join(f"a{n}: account {{ subscriptions {{ nodes {{ ...C }} }} }}" for n in range(50))
    + " } fragment C on Subscription { "
    + " ".join(f"c{n}: account {{ id }}" for n in range(50))
    + " }",
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_rare_is_left_to_graphql_core(scales: Scales, name: str) -> None:
    assert scales.both(LEFT[name]) is None


def test_what_is_wrong_is_said_by_graphql_core(desk: FrontDesk) -> None:
    answer = desk.raw("{ viewer { name } subscriptions(first: 0) { totalCount } }")
    assert answer["data"] is None
    [error] = answer["errors"]
    assert error["path"] == ["subscriptions"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_every_query_of_the_front_ends_has_a_plan(scales: Scales, path: Path) -> None:
    document = scales.documents.prepare(path.read_text("utf-8"))
    is_query = document.operation(None).operation is OperationType.QUERY
    assert (document.plan(None) is not None) == is_query
