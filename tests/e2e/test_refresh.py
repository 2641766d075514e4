"""Refresh, over HTTP alone: what happens to a subscription that the mirror knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from black_box import Lab

CRM_OWNED = ("unitPrice", "billingContract", "account")


def _landed(world: Lab, quantity: float = 5, **more: Any) -> tuple[str, str, str]:
    """Return company, contract and provider's id of a subscription on its default contract."""
    account = world.api.account("Fig Fictional")
    contract = world.api.contract(account, isDefault=True)
    world.api.switch(landing=True)
    company = world.company("Fig Fictional", account)
    external_id = world.licence(company, quantity, **more)
    world.api.sync()
    return company, contract, external_id


def _changes(world: Lab, external_id: str) -> list[tuple[str, int]]:
    nodes = world.api.subscription(external_id)["licenseChanges"]["nodes"]
    return sorted((node["event"], node["quantityDelta"]) for node in nodes)


def test_a_quantity_change_is_reported_with_old_and_new_value_and_logged(world: Lab) -> None:
    _, contract, external_id = _landed(world, quantity=5)
    world.pax8.set_quantity(external_id, 8)

    run = world.api.sync()

    [entry] = world.api.report(runId=run["id"])
    assert (entry["change"], entry["billingContract"]["id"]) == ("UPDATED", contract)
    assert entry["fieldChanges"] == [{"field": "quantity", "oldValue": "5", "newValue": "8"}]
    assert _changes(world, external_id) == [("CREATE", 5), ("UPDATE", 3)]
    assert world.api.subscription(external_id)["quantity"] == 8


def test_a_cost_change_is_logged_without_a_change_of_quantity(world: Lab) -> None:
    _, _, external_id = _landed(world)
    world.pax8.change_subscription(external_id, partnerCost=12.5)

    world.api.sync()

    assert _changes(world, external_id) == [("CREATE", 5), ("UPDATE", 0)]
    assert world.api.subscription(external_id)["unitCost"] == {
        "amount": "12.5",
        "currency": "USD",
    }


def test_unit_costs_stay_as_they_are_while_the_setting_is_off(world: Lab) -> None:
    _, _, external_id = _landed(world)
    world.api.change("updateApplicationSettings", sync={"updateCosts": False})
    world.pax8.change_subscription(external_id, partnerCost=99)

    world.api.sync()

    assert world.api.subscription(external_id)["unitCost"]["amount"] == "10"


def test_a_cancellation_takes_the_whole_quantity_away_and_reactivation_brings_it_back(
    world: Lab,
) -> None:
    _, _, external_id = _landed(world, quantity=5)
    world.pax8.change_subscription(external_id, status="Cancelled")
    world.api.sync()
    assert world.api.subscription(external_id)["status"] == "CANCELLED"
    assert world.api.subscription(external_id)["quantity"] == 0

    world.pax8.change_subscription(external_id, status="Active")
    world.api.sync()

    assert _changes(world, external_id) == [("ACTIVATE", 5), ("CREATE", 5), ("DEACTIVATE", -5)]
    assert world.api.subscription(external_id)["quantity"] == 5


def test_the_license_changes_always_add_up_to_the_quantity(world: Lab) -> None:
    _, _, external_id = _landed(world, quantity=5)
    for change in ({"quantity": 9}, {"status": "Cancelled"}, {"status": "Active", "quantity": 2}):
        world.pax8.change_subscription(external_id, **change)
        world.api.sync()

    total = sum(delta for _, delta in _changes(world, external_id))

    assert total == world.api.subscription(external_id)["quantity"] == 2
    assert world.api.exceptions("LICENSE_CHANGE_MISMATCH") == []


def test_no_change_writes_nothing_but_the_time_of_the_sync(world: Lab) -> None:
    _, _, external_id = _landed(world)
    before = world.api.subscription(external_id)

    run = world.api.sync()

    after = world.api.subscription(external_id)
    assert run["counts"] | {"fetched": 0} == {
        "fetched": 0,
        "created": 0,
        "updated": 0,
        "unchanged": 1,
        "unassigned": 0,
        "missing": 0,
        "failed": 0,
    }
    assert world.api.report(runId=run["id"]) == []
    assert after.pop("lastSyncedAt") > before.pop("lastSyncedAt")
    assert after == before


def test_what_the_crm_owns_is_never_written_by_a_sync(world: Lab) -> None:
    _, _, external_id = _landed(world)
    known = world.api.subscription(external_id)
    world.api.change(
        "setSubscriptionPrice", subscriptionIds=[known["id"]], amount="42.50", currency="USD"
    )
    before = world.api.subscription(external_id)
    world.pax8.change_subscription(external_id, quantity=9, price=1, partnerCost=3)

    world.api.sync()

    after = world.api.subscription(external_id)
    assert after["unitPrice"] == {"amount": "42.5", "currency": "USD"}
    assert {name: after[name] for name in CRM_OWNED} == {name: before[name] for name in CRM_OWNED}


def test_one_that_is_gone_is_marked_and_never_deleted(world: Lab) -> None:
    company, _, external_id = _landed(world)
    world.licence(company)
    world.api.sync()
    world.pax8.remove_subscription(external_id)

    run = world.api.sync()

    found = world.api.subscription(external_id)
    assert found["missingSince"] is not None
    assert found["quantity"] == 5
    assert run["counts"]["missing"] == 1
    assert [entry["change"] for entry in world.api.report(runId=run["id"])] == ["MISSING"]
    assert [
        exception["subscription"]["externalId"]
        for exception in world.api.exceptions("MISSING_AT_PROVIDER")
    ] == [external_id]


def test_one_that_is_gone_is_marked_once(world: Lab) -> None:
    company, _, external_id = _landed(world)
    world.licence(company)
    world.pax8.remove_subscription(external_id)
    world.api.sync()
    since = world.api.subscription(external_id)["missingSince"]

    run = world.api.sync()

    assert run["counts"]["missing"] == 0
    assert world.api.subscription(external_id)["missingSince"] == since


def test_one_that_comes_back_is_reported_as_reappeared(world: Lab) -> None:
    company, contract, external_id = _landed(world, quantity=5)
    raw = world.pax8.state.subscriptions.fields(external_id)
    world.licence(company)
    world.pax8.remove_subscription(external_id)
    world.api.sync()

    world.pax8.state.subscriptions.put(external_id, raw | {"quantity": 6})
    run = world.api.sync()

    found = world.api.subscription(external_id)
    [entry] = world.api.report(runId=run["id"])
    assert entry["change"] == "REAPPEARED"
    assert {"field": "quantity", "oldValue": "5", "newValue": "6"} in entry["fieldChanges"]
    assert (found["missingSince"], found["billingContract"]["id"]) == (None, contract)
    assert _changes(world, external_id) == [("CREATE", 5), ("UPDATE", 1)]


def test_a_record_that_cannot_be_read_is_not_absent_and_the_others_go_on(world: Lab) -> None:
    company, _, external_id = _landed(world)
    world.pax8.change_subscription(external_id, quantity=2.5)
    other = world.licence(company)

    run = world.api.sync()

    found = world.api.subscription(external_id)
    assert (found["missingSince"], found["quantity"]) == (None, 5)
    assert world.api.subscription(other)["quantity"] == 5
    assert run["outcome"] == "PARTIAL"
    assert run["counts"]["failed"] == 1
    [failure] = run["failures"]
    assert failure["externalId"] == external_id
    assert "2.5" in failure["message"]
    assert failure["remedy"]
    [failed] = world.api.report(change="FAILED")
    assert failed["externalId"] == external_id


def test_an_empty_answer_marks_nothing_missing_and_ends_partial(world: Lab) -> None:
    company, _, first = _landed(world)
    ids = [first, *(world.licence(company) for _ in range(11))]
    world.api.sync()
    for external_id in ids:
        world.pax8.remove_subscription(external_id)

    run = world.api.sync()

    assert run["outcome"] == "PARTIAL"
    assert run["counts"]["missing"] == 0
    assert "MISSING_THRESHOLD_EXCEEDED" in [failure["code"] for failure in run["failures"]]
    assert all(world.api.subscription(one)["missingSince"] is None for one in ids)


def test_a_threshold_of_100_percent_switches_the_guard_off(world: Lab) -> None:
    company, _, first = _landed(world)
    ids = [first, *(world.licence(company) for _ in range(11))]
    world.api.sync()
    world.api.change("updateApplicationSettings", sync={"missingThresholdPercent": 100})
    for external_id in ids:
        world.pax8.remove_subscription(external_id)

    run = world.api.sync()

    assert run["counts"]["missing"] == len(ids)


def test_a_suspended_subscription_keeps_its_quantity(world: Lab) -> None:
    _, _, external_id = _landed(world, quantity=5)
    world.pax8.change_subscription(external_id, status="SomethingNew")

    world.api.sync()

    found = world.api.subscription(external_id)
    assert (found["status"], found["providerStatus"]) == ("UNKNOWN", "SomethingNew")
    assert found["quantity"] == 5


def test_a_provider_account_whose_sync_is_off_is_left_alone(world: Lab) -> None:
    company, _, external_id = _landed(world, quantity=5)
    world.api.change(
        "setProviderAccountSync",
        providerAccountId=world.api.provider_account(company),
        syncEnabled=False,
    )
    world.pax8.set_quantity(external_id, 50)
    new = world.licence(company)

    world.api.sync()

    assert world.api.subscription(external_id)["quantity"] == 5
    assert world.api.subscription(new) is None


def test_a_refused_secret_fails_the_run_with_a_remedy_and_loses_nothing(world: Lab) -> None:
    _, _, external_id = _landed(world)
    world.pax8.state.client_secret += "-of-another-day"
    world.pax8.revoke_tokens()

    job = world.api.change("syncProvider", "job { id }", providerKey="pax8-lab")["job"]
    finished = world.api.finish(job["id"])

    assert (finished["status"], finished["errorCode"]) == ("FAILED", "CREDENTIALS_REFUSED")
    assert finished["syncRun"]["outcome"] == "FAILED"
    assert finished["syncRun"]["failures"][0]["remedy"]
    assert world.api.subscription(external_id)["missingSince"] is None
    assert [e["provider"]["key"] for e in world.api.exceptions("PROVIDER_UNHEALTHY")] == [
        "pax8-lab"
    ]
