"""The documents for CRM front ends: each is valid, and each is carried out by a running agent."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import OperationDefinitionNode, parse, validate
from websockets.sync.client import connect

from black_box import PATIENCE_S, PROVIDER
from seatsync.sdk.simulator import slow
from seatsync_graphql.schema import build_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from black_box import Lab

DOCUMENTS = {
    path.stem: path.read_text()
    for path in (Path(__file__).parents[2] / "graphql" / "operations").glob("*.graphql")
}


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_document_is_valid_and_has_one_operation_named_like_its_file(name: str) -> None:
    document = parse(DOCUMENTS[name])
    [operation] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name is not None
    assert operation.name.value == name.title().replace("-", "")
    assert validate(build_schema().graphql_schema, document) == []


def test_every_document_is_carried_out(world: Lab) -> None:
    company = world.company("Imaginary Mills")
    world.licence(company, 5)
    front_end = FrontEnd(world)
    contract, account = front_end.keeps_records()
    customer = front_end.reads_customers(account)
    front_end.syncs(contract)
    front_end.works_by_hand(contract)
    front_end.tends_jobs(contract)
    front_end.administers(customer)
    assert set(DOCUMENTS) - front_end.done == set()


class FrontEnd:
    """A front end that does each task once; none may be refused."""

    def __init__(self, world: Lab) -> None:
        self.world = world
        self.done: set[str] = set()

    def do(self, name: str, /, **variables: Any) -> Any:
        """Carry out a document, and return its one result, or all of several."""
        self.done.add(name)
        return _only(self.world.api.ask(DOCUMENTS[name], **variables))

    def finish(self, name: str, /, **variables: Any) -> Any:
        """Carry out a document that begins a job, and return the job when it has ended."""
        return self.world.api.finish(self.do(name, **variables)["job"]["id"])

    @contextmanager
    def following(self, name: str, /, **variables: Any) -> Iterator[Callable[[], Any]]:
        """Carry out a live document; what is given waits for the next result."""
        self.done.add(name)
        address = self.world.api.origin.replace("http", "ws") + "/graphql"
        with connect(address, subprotocols=["graphql-transport-ws"], proxy=None) as socket:  # type: ignore[list-item]
            payload = {"query": DOCUMENTS[name], "variables": variables}
            socket.send(json.dumps({"type": "connection_init"}))
            assert json.loads(socket.recv(PATIENCE_S)) == {"type": "connection_ack"}
            socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            yield lambda: _only(json.loads(socket.recv(PATIENCE_S))["payload"]["data"])

    def keeps_records(self) -> tuple[str, str]:
        account = self.do("create-account", name="Imaginary Mills")["account"]["id"]
        given = {"accountId": account, "name": "Yearly"}
        contract = self.do("create-contract", contract=given)["billingContract"]["id"]
        change = {"billingContractId": contract, "billingFrequency": "ANNUAL"}
        changed = self.do("change-contract", change=change)["billingContract"]
        assert changed["billingFrequency"] == "ANNUAL"
        marked = self.do("set-default", billingContractId=contract)["billingContract"]
        assert marked["account"]["defaultContractState"] == "ONE"
        [found] = self.do("find-accounts", search="mills")["nodes"]
        assert found["landingContract"]["id"] == contract
        [found] = self.do("find-contracts", isDefault=True)["nodes"]
        assert found["id"] == contract
        return contract, account

    def reads_customers(self, account: str) -> str:
        assert self.finish("read-customers", providerKey=PROVIDER)["status"] == "SUCCEEDED"
        [found] = self.do("provider-accounts", mapped=False)["nodes"]
        assert found["suggestions"][0]["account"]["id"] == account
        customer: str = found["id"]
        mapped = self.do("map-customer", providerAccountId=customer, accountId=account)
        assert mapped["providerAccount"]["account"]["id"] == account
        return customer

    def syncs(self, contract: str) -> None:
        preview = self.do("preview", billingContractId=contract)
        [new] = preview["candidates"]
        with self.following("follow-report") as next_entry:
            job = self.finish(
                "proceed",
                billingContractId=contract,
                subscriptionIds=[new["id"]],
                expectChecksum=preview["checksum"],
            )
            assert next_entry()["change"] == "CREATED"
        with self.following("follow-job", jobId=job["id"]) as next_state:
            assert next_state()["status"] == "SUCCEEDED"
        assert self.do("job", jobId=job["id"])["syncRun"]["counts"]["created"] == 1
        [entry] = self.do("report", filter={"billingContractId": contract})["nodes"]
        assert entry["change"] == "CREATED"
        [run] = self.do("runs")["nodes"]
        assert run["trigger"] == "MANUAL"
        shown = self.do("contract", billingContractId=contract)
        assert [one["id"] for one in shown["subscriptions"]["nodes"]] == [new["id"]]
        history = self.do("subscription-history", subscriptionId=new["id"])
        assert history["syncHistory"]["nodes"][0]["change"] == "CREATED"
        assert self.do("diagnose", billingContractId=contract)["checks"]
        assert self.do("switch-landing", on=True)["applicationSettings"]
        assert self.finish("sync-provider", providerKey=PROVIDER)["status"] == "SUCCEEDED"

    def works_by_hand(self, contract: str) -> None:
        given = {"billingContractId": contract, "name": "Helpdesk", "quantity": 3}
        [added] = self.do("create-subscription", subscription=given)["subscriptions"]
        [changed] = self.do("change-subscription", subscriptionId=added["id"], quantity=4)[
            "subscriptions"
        ]
        assert changed["quantity"] == 4
        ids = [added["id"]]
        assert self.do("set-price", subscriptionIds=ids, amount="12.50", currency="USD")
        assert self.do("assign", subscriptionIds=ids, billingContractId=None)["subscriptions"]
        [loose] = self.do("unassigned")["nodes"]
        assert loose["unassignedReason"] == "UNASSIGNED_BY_USER"
        kinds = {one["kind"] for one in self.do("find-exceptions")["exceptions"]["nodes"]}
        assert "MISSING_BILLING_CONTRACT" in kinds

    def tends_jobs(self, contract: str) -> None:
        self.world.pax8.faults.plan("/v1/", slow(1.0), times=5)
        running = self.do("verify-connectivity", providerKey=PROVIDER)["job"]["id"]
        assert self.do("cancel-job", jobId=running)["job"]["id"] == running
        assert self.world.api.finish(running)["status"] in {"CANCELLED", "SUCCEEDED"}
        outdated = {"billingContractId": contract, "expectChecksum": "of another day"}
        failed = self.finish("proceed", **outdated)
        assert failed["errorCode"] == "PREVIEW_OUTDATED"
        assert self.do("retry-job", jobId=failed["id"])["job"]["id"] == failed["id"]
        assert self.world.api.finish(failed["id"])["status"] == "FAILED"
        assert len(self.do("jobs", kind="SYNC_SUBSCRIPTIONS")["nodes"]) == 2

    def administers(self, customer: str) -> None:
        switched = self.do("switch-customer-sync", providerAccountId=customer, syncEnabled=False)
        assert switched["providerAccount"]["syncEnabled"] is False
        key = f"sync:{PROVIDER}"
        changed = self.do("change-schedule", key=key, intervalMinutes=30)["scheduledJob"]
        assert changed["intervalMinutes"] == 30
        assert key in {one["key"] for one in self.do("schedule")}
        assert self.finish("run-scheduled", key="prune")["status"] == "SUCCEEDED"
        settings = {"sync": {"missingThresholdPercent": 30}}
        changed = self.do("change-settings", settings=settings)["applicationSettings"]
        assert changed["sync"]["missingThresholdPercent"] == 30
        assert self.do("settings")["sync"]["missingThresholdPercent"] == 30
        assert [one["key"] for one in self.do("providers")] == [PROVIDER]
        assert "pax8" in {one["name"] for one in self.do("plugins")}
        assert "ADMIN" in self.do("viewer")["roles"]
        assert self.do("audit-log")["nodes"]


def _only(data: dict[str, Any]) -> Any:
    """Return the one result of an operation, which must not be refused; all of several."""
    if len(data) > 1:
        return data
    [result] = data.values()
    if isinstance(result, dict):
        assert result.get("userErrors", []) == []
    return result
