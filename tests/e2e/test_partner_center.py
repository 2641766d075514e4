"""A partner with 2,000 customers, over HTTP alone: what a run reads, writes, reports and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from black_box import Api, agent, wait_for
from seatsync.sdk.simulator import served
from seatsync_partner_center.refusals import REFUSALS, Reach
from seatsync_partner_center.simulator import Simulator
from seatsync_partner_center.simulator.entra import EntraRefusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CUSTOMERS = 2_000
EACH = 2
PER_SECOND = 150
REASONS = [
    (status, code)
    for (status, code), refusal in REFUSALS.items()
    if refusal.reach is Reach.CUSTOMER and status != 200
]
ACCOUNTS = """
query Accounts($after: String) {
  providerAccounts(first: 500, after: $after) {
    nodes { externalId name lastError lastSyncedAt }
    pageInfo { hasNextPage endCursor }
  }
}
"""
SEATS = """
query Seats($after: String) {
  subscriptions(first: 500, after: $after) {
    nodes { externalId quantity status missingSince partNumber unassignedReason }
    pageInfo { hasNextPage endCursor }
  }
}
"""


@pytest.fixture
def partner() -> Simulator:
    return Simulator()


@pytest.fixture
def api(partner: Simulator, tmp_path: Path) -> Iterator[Api]:
    with served(partner.app) as origin:
        settings = partner.settings(origin, app_user=True)
        settings["max_requests_per_second"] = PER_SECOND
        with agent(tmp_path, settings, plugin="partner_center") as running:
            _wait_for_first_verify(partner)
            yield running


def _wait_for_first_verify(partner: Simulator) -> None:
    """Let the connectivity check of a new agent pass, and forget its calls."""
    # One token for the stages, one for the consents; nothing comes after the second.
    wait_for(lambda: partner.entra.tokens_given == 2, "the first connectivity check")
    partner.entra.tokens_given = 0
    partner.state.log.calls.clear()


def _all(api: Api, document: str, name: str) -> list[Any]:
    nodes: list[Any] = []
    after = None
    while True:
        page = api.ask(document, after=after)[name]
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        after = page["pageInfo"]["endCursor"]


def _exceptions(api: Api) -> list[Any]:
    found: list[Any] = api.exceptions("PROVIDER_UNHEALTHY")
    return found


@pytest.mark.timeout(300)
def test_a_run_over_2000_customers_reads_each_once_and_reports_every_refusal(
    partner: Simulator, api: Api
) -> None:
    partner.populate(CUSTOMERS, EACH)
    refused = dict(zip(list(partner.state.customers), REASONS, strict=False))
    for customer, (status, code) in refused.items():
        partner.refuse_customer(customer, status, code, "the provider's words")

    run = api.sync()

    read = CUSTOMERS - len(refused)
    assert run["outcome"] == "PARTIAL"
    assert run["counts"] == {
        "fetched": read * EACH,
        "created": read * EACH,
        "updated": 0,
        "unchanged": 0,
        "unassigned": read * EACH,
        "missing": 0,
        "failed": 0,
    }
    seats = _all(api, SEATS, "subscriptions")
    assert len(seats) == read * EACH
    assert {one["partNumber"] for one in seats} == {"EXSUITE00001:0001"}
    _check_refusals(api, run, refused)
    _check_calls(partner)

    again = api.sync()
    assert again["counts"]["unchanged"] == read * EACH
    assert again["counts"]["created"] + again["counts"]["updated"] == 0


def _check_refusals(api: Api, run: Any, refused: dict[str, tuple[int, str]]) -> None:
    failures = {failure["code"]: failure for failure in run["failures"]}
    assert set(failures) == {f"{status}/{code}" for status, code in refused.values()}
    for status, code in refused.values():
        failure = failures[f"{status}/{code}"]
        assert failure["remedy"] == REFUSALS[status, code].remedy
    accounts = {one["externalId"]: one for one in _all(api, ACCOUNTS, "providerAccounts")}
    assert len(accounts) == CUSTOMERS
    for customer, (status, code) in refused.items():
        assert f"the provider's words ({status}/{code})" in accounts[customer]["lastError"]
    assert sum(one["lastError"] is None for one in accounts.values()) == CUSTOMERS - len(refused)


def _check_calls(partner: Simulator) -> None:
    paths = [call.path for call in partner.state.log.calls]
    of_customers = [path for path in paths if path.endswith("/subscriptions")]
    assert len(of_customers) == len(set(of_customers)) == CUSTOMERS
    pages = -(-CUSTOMERS // 500)
    assert len(paths) == CUSTOMERS + pages
    # Four readers may have a call in flight each when a second begins.
    assert partner.state.log.most_within(1.0) <= PER_SECOND + 4
    ids = [call.request_id for call in partner.state.log.calls]
    assert len(set(ids)) == len(ids)
    assert partner.entra.tokens_given == 1


def _dying(partner: Simulator, at_call: int, *, for_good: bool) -> None:
    """Let the access token die at a call, and the refresh token, too, if it is for good."""
    accepts, died = partner.entra.accepts, list[bool]()

    def gate(authorization: str) -> bool:
        if len(partner.state.log.calls) >= at_call and not died:
            died.append(True)
            partner.entra.revoke_access_tokens()
            if for_good:
                partner.entra.refusal = EntraRefusal("invalid_grant", 50173)
        return accepts(authorization)

    partner.state.gate = gate


def test_a_token_that_dies_in_the_middle_of_a_run_is_refreshed_once(
    partner: Simulator, api: Api
) -> None:
    partner.populate(100, EACH)
    _dying(partner, at_call=50, for_good=False)
    run = api.sync()
    assert (run["outcome"], run["counts"]["created"]) == ("SUCCEEDED", 100 * EACH)
    assert partner.entra.tokens_given == 2


def test_a_refused_refresh_ends_the_run_partial_and_unhealthy_until_a_verify_succeeds(
    partner: Simulator, api: Api
) -> None:
    partner.populate(100, EACH)
    assert api.sync()["outcome"] == "SUCCEEDED"
    _dying(partner, at_call=len(partner.state.log.calls) + 50, for_good=True)

    run = api.sync()

    assert run["outcome"] == "PARTIAL"
    [failure] = {failure["code"]: failure for failure in run["failures"]}.values()
    assert failure["code"] == "CREDENTIALS_REFUSED"
    assert "seatsync consent" in failure["remedy"]
    assert run["counts"]["missing"] == 0
    assert all(one["missingSince"] is None for one in _all(api, SEATS, "subscriptions"))
    assert len(_exceptions(api)) == 1

    partner.entra.refusal = None
    assert api.sync()["outcome"] == "SUCCEEDED"
    job = api.change("verifyConnectivity", "job { id }", providerKey="pax8-lab")["job"]
    assert api.finish(job["id"])["status"] == "SUCCEEDED"
    assert _exceptions(api) == []
