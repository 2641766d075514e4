"""`seatsync demo`, as somebody who has just cloned the repository lives through it."""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from running import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from running import Running

OPERATION = re.compile(r"^    (?:query|mutation) (\w+) \{\n.*?^    \}$", re.MULTILINE | re.DOTALL)
PATIENCE_S = 60.0


class Visitor:
    """Reads the terminal, and pastes what it says."""

    def __init__(self, demo: Running) -> None:
        demo.wait_for("Ctrl-C ends it")
        self.demo = demo
        found = re.search(r"http://127\.0\.0\.1:\d+/graphql", demo.stdout)
        assert found, demo.stdout
        self.url = found[0]
        self.story = {match[1]: match[0] for match in OPERATION.finditer(demo.stdout)}

    def paste(self, name: str) -> Any:
        """Run one operation of the story, and return its data."""
        return self.ask(self.story[name])

    def ask(self, document: str) -> Any:
        answer = httpx.post(self.url, json={"query": document}, timeout=30).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def paste_until(
        self, name: str, holds: Callable[[Any], bool], meanwhile: str | None = None
    ) -> Any:
        """Run an operation, and before it another, again and again until its data is as told."""
        end = time.monotonic() + PATIENCE_S
        while True:
            if meanwhile:
                self.paste(meanwhile)
            if holds(data := self.paste(name)):
                return data
            assert time.monotonic() < end, data
            time.sleep(0.2)


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("demo")
    with running(folder, "demo", "--port", "0", "--every", "1") as demo:
        yield Visitor(demo)


def test_the_first_syncs_report_is_there_without_another_step(visitor: Visitor) -> None:
    data = visitor.ask("{ syncReport(filter: {change: CREATED}, first: 100) { totalCount } }")
    assert data["syncReport"]["totalCount"] >= 14


def test_the_customers_show_every_case(visitor: Visitor) -> None:
    data = visitor.ask(
        """{
          accounts(first: 50) { nodes {
            name defaultContractState billingContracts { totalCount }
          } }
          subscriptions(filter: {billingType: USAGE}) { nodes { billingContract { name } } }
        }"""
    )
    accounts = {node["name"]: node for node in data["accounts"]["nodes"]}
    assert accounts["Twofold Museum"]["defaultContractState"] == "MULTIPLE"
    assert accounts["Undecided Academy"]["defaultContractState"] == "NONE"
    assert accounts["Make-Believe Robotics"]["billingContracts"]["totalCount"] == 2
    assert _contracts(data) >= {"Imaginary Bakery, usage in arrears"}


def test_a_seat_count_changes_and_the_sync_from_the_contract_reports_the_field(
    visitor: Visitor,
) -> None:
    preview = visitor.paste("Preview")["subscriptionSyncPreview"]
    [changed] = [one for one in preview["candidates"] if one["change"] == "CHANGED"]
    assert changed["fieldChanges"] == [{"field": "quantity", "oldValue": "10", "newValue": "12"}]
    assert visitor.paste("Proceed")["syncSubscriptions"]["userErrors"] == []
    [entry] = visitor.paste_until("Report", _has_entries)["syncReport"]["nodes"]
    assert entry["fieldChanges"] == changed["fieldChanges"]
    assert entry["run"] == {"trigger": "MANUAL", "outcome": "SUCCEEDED", "requestedBy": "local"}


def test_a_new_subscription_lands_by_itself_and_one_that_cannot_says_why(visitor: Visitor) -> None:
    assert visitor.paste("SwitchOn")["updateApplicationSettings"]["userErrors"] == []
    marked = visitor.paste("MarkDefault")["setDefaultBillingContract"]
    assert marked["billingContract"]["isDefault"], marked
    assert visitor.paste("RunNow")["syncProvider"]["userErrors"] == []
    data = visitor.paste_until("New", _has_landed_and_stayed_out, meanwhile="RunNow")
    landed = {node["providerAccount"]["name"] for node in _nodes(data) if node["billingContract"]}
    assert "Pretend Airlines" in landed
    assert "Twofold Museum" not in landed


def test_the_rest_of_the_story_can_be_pasted_too(visitor: Visitor) -> None:
    assert visitor.paste("Exceptions")["exceptions"]["nodes"]
    mapped = visitor.paste("Map")["mapProviderAccount"]
    assert mapped["providerAccount"]["account"]["name"] == "Nowhere Logistics"
    [failure] = visitor.paste("Refused")["subscriptionSyncPreview"]["failures"]
    assert failure["code"] == "CUSTOMER_UNREADABLE"


def test_a_demo_that_is_stopped_ends_with_0_and_goes_on_at_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path, "demo", "--port", "0") as demo:
        visitor = Visitor(demo)
        before = visitor.ask("{ subscriptions { totalCount } }")
        assert demo.stop(signal.SIGINT) == 0, demo.stderr
    assert "Traceback" not in demo.stderr
    with running(tmp_path, "demo", "--port", "0") as demo:
        assert Visitor(demo).ask("{ subscriptions { totalCount } }") == before
        assert "Setting the stage" not in demo.stderr
        assert demo.stop(signal.SIGTERM) == 0, demo.stderr
    with running(tmp_path, "demo", "--port", "0", "--fresh") as demo:
        Visitor(demo)
        assert "Setting the stage" in demo.stderr


def test_a_port_that_is_taken_and_a_folder_in_use_are_said_so(
    visitor: Visitor, tmp_path: Path
) -> None:
    port = str(httpx.URL(visitor.url).port)
    with running(tmp_path, "demo", "--port", port) as second:
        assert second.process.wait(30) == 2
        assert f"port {port} of 127.0.0.1 is taken by another program" in second.stderr
    folder = visitor.demo.folder / ".demo"
    with running(tmp_path, "demo", "--port", "0", "--folder", str(folder)) as second:
        assert second.process.wait(30) == 2
        assert "another demo runs in" in second.stderr


def _contracts(data: Any) -> set[str]:
    nodes = data["subscriptions"]["nodes"]
    return {node["billingContract"]["name"] for node in nodes if node["billingContract"]}


def _has_entries(data: Any) -> bool:
    return bool(_nodes(data))


def _has_landed_and_stayed_out(data: Any) -> bool:
    seen = {
        (node["providerAccount"]["name"], node["unassignedReason"], bool(node["billingContract"]))
        for node in _nodes(data)
    }
    return {
        ("Pretend Airlines", None, True),
        ("Twofold Museum", "MULTIPLE_DEFAULT_CONTRACTS", False),
    } <= seen


def _nodes(data: Any) -> Any:
    return data["syncReport"]["nodes"]
