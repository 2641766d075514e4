"""Settings, defaults, moves and manual subscriptions, over HTTP alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from black_box import wait_for

if TYPE_CHECKING:
    from black_box import Lab

SETTINGS = """
{ applicationSettings {
    subscriptionManagement {
      associateDefaultBillingContract associateDefaultBillingContractSince }
    provisioning { providerAccountMatch }
    sync { missingThresholdPercent reportRetentionDays updateCosts } } }
"""
CONTRACTS = "{ billingContracts { nodes { id isDefault defaultFor } } }"
SCHEDULE = "{ scheduledJobs { key kind enabled intervalMinutes lastRunAt lastStatus nextRunAt } }"


def _defaults(world: Lab) -> set[str]:
    nodes = world.api.ask(CONTRACTS)["billingContracts"]["nodes"]
    return {node["id"] for node in nodes if node["isDefault"]}


def test_the_landing_setting_is_off_in_a_new_installation(world: Lab) -> None:
    found = world.api.ask(SETTINGS)["applicationSettings"]["subscriptionManagement"]

    assert found["associateDefaultBillingContract"] is False
    assert found["associateDefaultBillingContractSince"] is None


def test_the_landing_setting_remembers_since_when_it_is_on(world: Lab) -> None:
    world.api.switch(landing=True)
    first = world.api.ask(SETTINGS)
    world.api.switch(landing=True)

    assert world.api.ask(SETTINGS) == first
    management = first["applicationSettings"]["subscriptionManagement"]
    assert management["associateDefaultBillingContractSince"] is not None


def test_only_what_is_given_changes(world: Lab) -> None:
    before = world.api.ask(SETTINGS)["applicationSettings"]
    world.api.change("updateApplicationSettings", sync={"missingThresholdPercent": 7})

    after = world.api.ask(SETTINGS)["applicationSettings"]

    assert after["sync"] == before["sync"] | {"missingThresholdPercent": 7}
    assert after["provisioning"] == before["provisioning"]


def test_a_threshold_beyond_100_percent_is_refused(world: Lab) -> None:
    refusal = world.api.refusal("updateApplicationSettings", sync={"missingThresholdPercent": 101})

    assert refusal == "INVALID_INPUT"


def test_a_second_default_of_the_same_scope_is_refused(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    first = world.api.contract(account, "First", isDefault=True)
    second = world.api.contract(account, "Second")

    refusal = world.api.refusal("setDefaultBillingContract", billingContractId=second)

    assert refusal == "DEFAULT_CONTRACT_EXISTS"
    assert _defaults(world) == {first}


def test_a_default_is_replaced_in_one_step_when_asked(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account, "First", isDefault=True)
    second = world.api.contract(account, "Second")

    world.api.change("setDefaultBillingContract", billingContractId=second, replaceExisting=True)

    assert _defaults(world) == {second}


def test_replacing_mends_several_defaults(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account, "First", isDefault=True)
    world.crm_marks_default(world.api.contract(account, "Second"))
    third = world.api.contract(account, "Third")
    assert world.api.exceptions("MULTIPLE_DEFAULT_CONTRACTS")

    world.api.change("setDefaultBillingContract", billingContractId=third, replaceExisting=True)

    assert _defaults(world) == {third}
    assert world.api.exceptions("MULTIPLE_DEFAULT_CONTRACTS") == []


def test_a_default_narrowed_to_another_type_may_stand_beside(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    first = world.api.contract(account, "First", isDefault=True)
    second = world.api.contract(account, "Second")

    world.api.change("setDefaultBillingContract", billingContractId=second, defaultFor="USAGE")

    assert _defaults(world) == {first, second}


def test_moving_is_all_or_nothing(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    contract = world.api.contract(account)
    external_id = world.licence(world.company("Fig Fictional", account))
    world.api.sync()
    known = world.api.subscription(external_id)["id"]

    refusal = world.api.refusal(
        "assignSubscriptions", subscriptionIds=[known, str(uuid4())], billingContractId=contract
    )

    assert refusal == "NOT_FOUND"
    assert world.api.subscription(external_id)["billingContract"] is None


def test_moving_to_a_contract_of_another_account_is_refused(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    foreign = world.api.contract(world.api.account("Quince Fictional"))
    external_id = world.licence(world.company("Fig Fictional", account))
    world.api.sync()

    refusal = world.api.refusal(
        "assignSubscriptions",
        subscriptionIds=[world.api.subscription(external_id)["id"]],
        billingContractId=foreign,
    )

    assert refusal == "ACCOUNT_MISMATCH"


def test_taking_one_off_its_contract_says_who_wanted_it(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    contract = world.api.contract(account)
    external_id = world.licence(world.company("Fig Fictional", account))
    world.api.sync()
    known = world.api.subscription(external_id)["id"]
    world.api.change("assignSubscriptions", subscriptionIds=[known], billingContractId=contract)

    world.api.change("assignSubscriptions", subscriptionIds=[known], billingContractId=None)

    found = world.api.subscription(external_id)
    assert found["billingContract"] is None
    assert found["unassignedReason"] == "UNASSIGNED_BY_USER"


def test_a_manual_subscription_is_created_on_a_contract_and_no_sync_touches_it(
    world: Lab,
) -> None:
    contract = world.api.contract(world.api.account("Fig Fictional"))
    payload = world.api.change(
        "createSubscription",
        "subscriptions { id externalId }",
        billingContractId=contract,
        name="Support hours",
        quantity=3,
    )
    external_id = payload["subscriptions"][0]["externalId"]
    before = world.api.subscription(external_id)

    world.api.sync()

    assert world.api.subscription(external_id) == before
    assert [
        (change["event"], change["quantityDelta"]) for change in before["licenseChanges"]["nodes"]
    ] == [("CREATE", 3)]
    assert before["billingContract"]["id"] == contract


def test_a_changed_interval_is_in_force_at_once(world: Lab) -> None:
    world.api.change("updateScheduledJob", key="sync:pax8-lab", enabled=True, intervalMinutes=5)

    row = next(
        row for row in world.api.ask(SCHEDULE)["scheduledJobs"] if row["key"] == "sync:pax8-lab"
    )

    assert (row["enabled"], row["intervalMinutes"]) == (True, 5)
    assert row["nextRunAt"] is not None


def test_the_schedule_runs_a_sync_by_itself_once_it_is_switched_on(world: Lab) -> None:
    external_id = world.licence(world.company("Fig Fictional"))
    assert world.api.subscription(external_id) is None

    world.api.change("updateScheduledJob", key="sync:pax8-lab", enabled=True, intervalMinutes=1)

    run_now = world.api.try_change("runScheduledJob", "job { id }", key="sync:pax8-lab")
    assert run_now["userErrors"] == []
    wait_for(lambda: world.api.subscription(external_id), "the scheduled sync")


def test_verify_connectivity_tells_its_stages(world: Lab) -> None:
    job = world.api.change("verifyConnectivity", "job { id }", providerKey="pax8-lab")["job"]
    world.api.finish(job["id"])

    [health] = [
        provider["health"]
        for provider in world.api.ask("{ providers { key health { state checks { outcome } } } }")[
            "providers"
        ]
        if provider["key"] == "pax8-lab"
    ]

    assert health["state"] == "HEALTHY"
    assert len(health["checks"]) >= 4
