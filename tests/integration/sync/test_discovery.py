"""The rules of the domain under Discovery: a subscription that the mirror does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.billing import BillingPolicy, BillingType
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.ids import subscription_id
from seatsync.domain.report import SyncOutcome
from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import SubscriptionStatus, UnassignedReason
from seatsync.services.manual_subscriptions import NewSubscription

if TYPE_CHECKING:
    from laboratory import Laboratory
    from seatsync.domain.account import Account


def prepare(lab: Laboratory) -> Account:
    """Know one customer, mapped to an account, before its first subscription."""
    lab.world.customer("c-1")
    lab.sync()
    account = lab.office.account()
    lab.map("c-1", account)
    return account


def test_it_is_created_with_its_account_and_an_initial_license_change(lab: Laboratory) -> None:
    account = prepare(lab)
    lab.world.subscription("s-1", quantity=7)
    run = lab.sync()
    known = lab.subscription("s-1")
    assert known.id == subscription_id("lab", "s-1")
    assert known.provider_account_id == lab.customer_id("c-1")
    assert (known.account_id, known.quantity) == (account.id, 7)
    assert lab.events("s-1") == [("CREATE", 7)]
    assert lab.changes(run) == [("s-1", "CREATED")]
    assert (run.outcome, run.counts.created) == (SyncOutcome.SUCCEEDED, 1)


def test_one_that_has_ended_is_created_without_seats(lab: Laboratory) -> None:
    lab.world.customer("c-1")
    lab.world.subscription("s-1", quantity=7, status=SubscriptionStatus.CANCELLED)
    lab.sync()
    assert lab.subscription("s-1").quantity == 0
    assert lab.events("s-1") == [("CREATE", 0)]


def test_it_lands_on_the_one_active_default_contract(lab: Laboratory) -> None:
    contract = lab.office.contract(prepare(lab), is_default=True)
    lab.switch(associate_default_billing_contract=True)
    lab.world.subscription("s-1")
    run = lab.sync()
    known = lab.subscription("s-1")
    assert (known.billing_contract_id, known.unassigned_reason) == (contract.id, None)
    assert run.counts.unassigned == 0
    [entry] = lab.entries(run)
    assert entry.billing_contract_id == contract.id


def test_a_default_narrowed_to_its_billing_type_goes_first(lab: Laboratory) -> None:
    account = prepare(lab)
    general = lab.office.contract(account, "Seats", is_default=True)
    usage = lab.office.contract(
        account,
        "Usage",
        is_default=True,
        default_for=BillingType.USAGE,
        billing_policy=BillingPolicy.ARREARS,
    )
    lab.switch(associate_default_billing_contract=True)
    lab.world.subscription("metered", billing_type=BillingType.USAGE)
    lab.world.subscription("seats", billing_type=BillingType.LICENSE)
    lab.sync()
    assert lab.subscription("metered").billing_contract_id == usage.id
    assert lab.subscription("seats").billing_contract_id == general.id


def test_with_the_setting_off_it_stays_unassigned_whatever_the_defaults_say(
    lab: Laboratory,
) -> None:
    lab.office.contract(prepare(lab), is_default=True)
    lab.world.subscription("s-1")
    run = lab.sync()
    known = lab.subscription("s-1")
    assert known.billing_contract_id is None
    assert known.unassigned_reason is UnassignedReason.SETTING_DISABLED
    assert run.counts.unassigned == 1


def test_with_the_provider_account_unmapped_it_stays_unassigned(lab: Laboratory) -> None:
    lab.switch(associate_default_billing_contract=True)
    lab.world.customer("c-1")
    lab.world.subscription("s-1")
    lab.sync()
    known = lab.subscription("s-1")
    assert (known.account_id, known.billing_contract_id) == (None, None)
    assert known.unassigned_reason is UnassignedReason.PROVIDER_ACCOUNT_UNMAPPED


def test_without_a_default_contract_it_stays_unassigned(lab: Laboratory) -> None:
    account = prepare(lab)
    lab.office.contract(account)
    lab.office.contract(account, "Usage", is_default=True, default_for=BillingType.USAGE)
    lab.switch(associate_default_billing_contract=True)
    lab.world.subscription("s-1")
    lab.sync()
    assert lab.subscription("s-1").unassigned_reason is UnassignedReason.NO_DEFAULT_CONTRACT


def test_a_default_of_another_account_is_no_default(lab: Laboratory) -> None:
    prepare(lab)
    lab.office.contract(lab.office.account("Birch Works"), is_default=True)
    lab.switch(associate_default_billing_contract=True)
    lab.world.subscription("s-1")
    lab.sync()
    assert lab.subscription("s-1").unassigned_reason is UnassignedReason.NO_DEFAULT_CONTRACT


def test_two_default_contracts_leave_it_unassigned(lab: Laboratory) -> None:
    account = prepare(lab)
    lab.office.contract(account, "First", is_default=True)
    second = lab.office.contract(account, "Second")
    flag_default(lab, second.id)
    lab.switch(associate_default_billing_contract=True)
    lab.world.subscription("s-1")
    lab.sync()
    assert lab.subscription("s-1").unassigned_reason is UnassignedReason.MULTIPLE_DEFAULT_CONTRACTS


def flag_default(lab: Laboratory, contract_id: object) -> None:
    """Set a default flag as the CRM may, past the rule of the API."""
    with lab.mirror.writing():
        lab.mirror.execute(
            "UPDATE billing_contract SET is_default = :yes WHERE id = :id",
            {"yes": True, "id": contract_id},
        )


def test_the_reason_is_not_rewritten_when_settings_change(lab: Laboratory) -> None:
    account = prepare(lab)
    lab.world.subscription("s-1")
    lab.sync()
    lab.switch(associate_default_billing_contract=True)
    lab.office.contract(account, is_default=True)
    lab.world.change("s-1", quantity=11)
    lab.sync()
    known = lab.subscription("s-1")
    assert (known.billing_contract_id, known.quantity) == (None, 11)
    assert known.unassigned_reason is UnassignedReason.SETTING_DISABLED


def test_a_known_subscription_is_never_moved_by_an_automatic_run(lab: Laboratory) -> None:
    account = prepare(lab)
    lab.switch(associate_default_billing_contract=True)
    first = lab.office.contract(account, "First", is_default=True)
    lab.world.subscription("s-1")
    lab.sync()
    second = lab.office.contract(account, "Second")
    lab.office.contracts.set_default(LOCAL, second.id, DefaultWish(replace_existing=True))
    lab.world.change("s-1", quantity=12)
    lab.sync()
    assert lab.subscription("s-1").billing_contract_id == first.id


def test_mapping_decides_the_landing_that_could_not_be_decided(lab: Laboratory) -> None:
    lab.switch(associate_default_billing_contract=True)
    lab.world.customer("c-1")
    lab.world.subscription("s-1")
    lab.sync()
    account = lab.office.account()
    contract = lab.office.contract(account, is_default=True)
    lab.map("c-1", account)
    before = lab.dump()
    assert lab.subscription("s-1").billing_contract_id == contract.id
    lab.sync()
    assert lab.dump() == before


def test_remapping_never_touches_a_contract_assignment(lab: Laboratory) -> None:
    contract = lab.office.contract(prepare(lab), is_default=True)
    lab.switch(associate_default_billing_contract=True)
    lab.world.subscription("s-1")
    lab.sync()
    lab.map("c-1", lab.office.account("Birch Works"))
    lab.world.change("s-1", quantity=3)
    lab.sync()
    assert lab.subscription("s-1").billing_contract_id == contract.id


def test_a_setting_switched_while_a_run_is_reading_holds_for_what_it_discovers_then(
    lab: Laboratory,
) -> None:
    lab.office.contract(prepare(lab), is_default=True)
    lab.world.subscription("s-1")
    gate = lab.world.gate(lab.world.listing("c-1"))
    running = lab.start()
    assert gate.reached.wait(10)
    lab.switch(associate_default_billing_contract=True)
    gate.opened.set()
    running.result(20)
    assert lab.subscription("s-1").billing_contract_id is not None


def test_a_default_that_became_inactive_is_none(lab: Laboratory) -> None:
    contract = lab.office.contract(prepare(lab), is_default=True)
    lab.switch(associate_default_billing_contract=True)
    with lab.mirror.writing():
        lab.mirror.execute(
            "UPDATE billing_contract SET status = 'INACTIVE' WHERE id = :id", {"id": contract.id}
        )
    lab.world.subscription("s-1")
    lab.sync()
    assert lab.subscription("s-1").unassigned_reason is UnassignedReason.NO_DEFAULT_CONTRACT


def test_manual_subscriptions_are_never_touched_by_a_sync(lab: Laboratory) -> None:
    account = prepare(lab)
    contract = lab.office.contract(account)
    made = lab.office.manual.create(LOCAL, NewSubscription(contract.id, "Support hours", 3))
    lab.world.subscription("s-1")
    lab.sync()
    run = lab.proceed(contract.id, [lab.id("s-1")])
    assert run.outcome is SyncOutcome.SUCCEEDED
    assert lab.office.found_subscription(made.id) == made
