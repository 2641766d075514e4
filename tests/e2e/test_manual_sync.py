"""Manual sync, over HTTP alone: open the contract, preview, tick, proceed, read the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from black_box import Lab


@dataclass(frozen=True)
class Customer:
    account: str
    contract: str
    company: str


@pytest.fixture
def customer(world: Lab) -> Customer:
    """A mapped customer with a contract, and nothing at the provider yet."""
    account = world.api.account("Fig Fictional")
    contract = world.api.contract(account)
    return Customer(account, contract, world.company("Fig Fictional", account))


def _candidate(world: Lab, contract: str, external_id: str) -> dict[str, object]:
    candidates = world.api.preview(contract)["candidates"]
    return next(one for one in candidates if one["externalId"] == external_id)


def test_the_preview_asks_the_provider_now_and_changes_nothing(
    world: Lab, customer: Customer
) -> None:
    external_id = world.licence(customer.company, quantity=4)

    found = _candidate(world, customer.contract, external_id)

    assert (found["change"], found["placement"], found["selectable"]) == ("NEW", "NOWHERE", True)
    assert found["quantity"] == 4
    assert world.api.subscription(external_id) is None
    assert world.api.report() == []


def test_ticking_a_new_one_puts_it_on_the_contract_whatever_the_setting_says(
    world: Lab, customer: Customer
) -> None:
    external_id = world.licence(customer.company)
    ticked = _candidate(world, customer.contract, external_id)["id"]

    job = world.api.proceed(customer.contract, [ticked])

    found = world.api.subscription(external_id)
    assert job["status"] == "SUCCEEDED"
    assert job["syncRun"]["trigger"] == "MANUAL"
    assert found["id"] == ticked
    assert found["billingContract"]["id"] == customer.contract
    assert found["unassignedReason"] is None
    [entry] = world.api.report(runId=job["syncRun"]["id"])
    assert (entry["change"], entry["billingContract"]["id"]) == ("CREATED", customer.contract)


def test_what_is_not_ticked_and_not_known_stays_out(world: Lab, customer: Customer) -> None:
    external_id = world.licence(customer.company)

    world.api.proceed(customer.contract)

    assert world.api.subscription(external_id) is None


def test_a_quantity_only_change_syncs_with_nothing_ticked(world: Lab, customer: Customer) -> None:
    external_id = world.licence(customer.company, quantity=4)
    world.api.proceed(customer.contract, [_candidate(world, customer.contract, external_id)["id"]])
    world.pax8.set_quantity(external_id, 6)
    preview = _candidate(world, customer.contract, external_id)
    assert (preview["change"], preview["placement"]) == ("CHANGED", "THIS_CONTRACT")
    assert preview["fieldChanges"] == [{"field": "quantity", "oldValue": "4", "newValue": "6"}]

    job = world.api.proceed(customer.contract)

    [entry] = world.api.report(runId=job["syncRun"]["id"])
    assert entry["change"] == "UPDATED"
    assert entry["fieldChanges"] == preview["fieldChanges"]
    assert world.api.subscription(external_id)["quantity"] == 6


def test_a_known_unassigned_one_is_attached_when_ticked(world: Lab, customer: Customer) -> None:
    external_id = world.licence(customer.company)
    world.api.sync()
    candidate = _candidate(world, customer.contract, external_id)
    assert (candidate["change"], candidate["placement"]) == ("UNCHANGED", "NOWHERE")

    job = world.api.proceed(customer.contract, [candidate["id"]])

    [entry] = world.api.report(runId=job["syncRun"]["id"])
    assert entry["change"] == "ASSIGNED"
    found = world.api.subscription(external_id)
    assert found["billingContract"]["id"] == customer.contract
    assert found["unassignedReason"] is None


def test_one_on_another_contract_is_shown_and_cannot_be_ticked(
    world: Lab, customer: Customer
) -> None:
    external_id = world.licence(customer.company)
    ticked = _candidate(world, customer.contract, external_id)["id"]
    world.api.proceed(customer.contract, [ticked])
    other = world.api.contract(customer.account, "Other")

    candidate = _candidate(world, other, external_id)
    refusal = world.api.refusal(
        "syncSubscriptions", billingContractId=other, subscriptionIds=[ticked]
    )

    assert (candidate["placement"], candidate["selectable"]) == ("OTHER_CONTRACT", False)
    assert refusal == "NOT_SELECTABLE"
    assert world.api.subscription(external_id)["billingContract"]["id"] == customer.contract


def test_proceeding_with_the_checksum_does_exactly_what_the_preview_showed(
    world: Lab, customer: Customer
) -> None:
    external_id = world.licence(customer.company)
    preview = world.api.preview(customer.contract)

    job = world.api.proceed(
        customer.contract,
        [candidate["id"] for candidate in preview["candidates"]],
        expectChecksum=preview["checksum"],
    )

    assert job["status"] == "SUCCEEDED"
    assert world.api.subscription(external_id)["billingContract"]["id"] == customer.contract


def test_if_the_provider_moved_in_between_nothing_changes_and_the_job_says_so(
    world: Lab, customer: Customer
) -> None:
    external_id = world.licence(customer.company, quantity=4)
    preview = world.api.preview(customer.contract)
    world.pax8.set_quantity(external_id, 5)

    job = world.api.proceed(
        customer.contract,
        [candidate["id"] for candidate in preview["candidates"]],
        expectChecksum=preview["checksum"],
    )

    assert (job["status"], job["errorCode"]) == ("FAILED", "PREVIEW_OUTDATED")
    assert job["syncRun"]["outcome"] == "FAILED"
    assert world.api.subscription(external_id) is None
    assert world.api.report() == []


def test_if_the_mirror_moved_in_between_nothing_changes_and_the_job_says_so(
    world: Lab, customer: Customer
) -> None:
    external_id = world.licence(customer.company)
    preview = world.api.preview(customer.contract)
    world.api.sync()

    job = world.api.proceed(customer.contract, expectChecksum=preview["checksum"])

    assert (job["status"], job["errorCode"]) == ("FAILED", "PREVIEW_OUTDATED")
    assert world.api.subscription(external_id)["billingContract"] is None


def test_the_checksum_stays_the_same_while_nothing_moves(world: Lab, customer: Customer) -> None:
    world.licence(customer.company)

    checksums = {world.api.preview(customer.contract)["checksum"] for _ in range(3)}

    assert len(checksums) == 1


def test_a_contract_whose_account_nothing_maps_to_says_so_and_is_refused(world: Lab) -> None:
    contract = world.api.contract(world.api.account("Quince Fictional"))

    preview = world.api.preview(contract)
    refusal = world.api.refusal("syncSubscriptions", billingContractId=contract)

    assert preview["candidates"] == []
    assert [failure["code"] for failure in preview["failures"]] == ["PROVIDER_ACCOUNT_UNMAPPED"]
    assert refusal == "PROVIDER_ACCOUNT_UNMAPPED"


def test_two_proceeds_at_once_end_with_the_same_rows_and_no_double_entry(
    world: Lab, customer: Customer
) -> None:
    external_id = world.licence(customer.company)
    ticked = _candidate(world, customer.contract, external_id)["id"]
    jobs = [
        world.api.change(
            "syncSubscriptions",
            "job { id }",
            billingContractId=customer.contract,
            subscriptionIds=[ticked],
            idempotencyKey=f"proceed-{number}",
        )["job"]["id"]
        for number in range(2)
    ]

    finished = [world.api.finish(job) for job in jobs]

    assert {job["status"] for job in finished} == {"SUCCEEDED"}
    assert [entry["change"] for entry in world.api.report()] == ["CREATED"]
    assert len(world.api.subscription(external_id)["licenseChanges"]["nodes"]) == 1


def test_a_manual_run_during_an_automatic_one_ends_well(world: Lab, customer: Customer) -> None:
    ids = [world.licence(customer.company) for _ in range(30)]
    ticked = [candidate["id"] for candidate in world.api.preview(customer.contract)["candidates"]]
    automatic = world.api.change("syncProvider", "job { id }", providerKey="pax8-lab")["job"]

    manual = world.api.proceed(customer.contract, ticked)

    assert world.api.finish(automatic["id"])["status"] == manual["status"] == "SUCCEEDED"
    assert {world.api.subscription(one)["billingContract"]["id"] for one in ids[:3]} == {
        customer.contract
    }
    created = world.api.report(change="CREATED")
    assert len(created) == len({entry["externalId"] for entry in created}) == len(ids)


def test_a_second_sync_writes_nothing(world: Lab, customer: Customer) -> None:
    external_id = world.licence(customer.company)
    ticked = _candidate(world, customer.contract, external_id)["id"]
    world.api.proceed(customer.contract, [ticked])

    again = world.api.proceed(customer.contract, [ticked])
    automatic = world.api.sync()

    assert world.api.report(runId=again["syncRun"]["id"]) == []
    assert world.api.report(runId=automatic["id"]) == []


def test_a_customer_that_the_provider_refuses_is_a_failure_with_its_reason(
    world: Lab, customer: Customer
) -> None:
    world.pax8.refuse_company(customer.company)

    preview = world.api.preview(customer.contract)
    job = world.api.proceed(customer.contract)

    assert [failure["code"] for failure in preview["failures"]] == ["CUSTOMER_UNREADABLE"]
    assert job["syncRun"]["outcome"] == "PARTIAL"
    assert job["syncRun"]["failures"][0]["message"]


def test_an_automatic_run_never_attaches_what_is_known(world: Lab, customer: Customer) -> None:
    external_id = world.licence(customer.company)
    world.api.sync()
    world.api.change("setDefaultBillingContract", billingContractId=customer.contract)
    world.api.switch(landing=True)

    world.api.sync()

    assert world.api.subscription(external_id)["billingContract"] is None


def test_only_the_chosen_providers_are_asked(world: Lab, customer: Customer) -> None:
    world.licence(customer.company)

    assert len(world.api.preview(customer.contract, keys=["pax8-lab"])["candidates"]) == 1
    assert (
        world.api.refusal(
            "syncSubscriptions", billingContractId=customer.contract, providerKeys=["nobody"]
        )
        == "NOT_FOUND"
    )
