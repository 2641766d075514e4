"""The rules of the domain under Refresh: a subscription that the mirror knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seatsync.domain.billing import BillingFrequency
from seatsync.domain.change import FieldChange
from seatsync.domain.money import Money
from seatsync.domain.report import SyncOutcome
from seatsync.domain.subscription import SubscriptionStatus

if TYPE_CHECKING:
    from laboratory import Laboratory

JUNE = datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def held(lab: Laboratory) -> Laboratory:
    """Know one customer with one subscription of ten seats at 4 USD each."""
    lab.world.customer("c-1")
    lab.world.subscription("s-1", unit_cost=Money(Decimal(4), "USD"))
    lab.sync()
    return lab


def test_provider_owned_fields_follow_the_provider(held: Laboratory) -> None:
    lab = held
    lab.world.change(
        "s-1",
        quantity=12,
        name="Renamed",
        status=SubscriptionStatus.SUSPENDED,
        provider_status="On hold",
        term="P1Y",
        starts_at=JUNE,
        commitment_ends_at=JUNE + timedelta(days=365),
        auto_renew=True,
        part_number="PN-1",
        product_name="Product",
        unit_type="seat",
        billing_frequency=BillingFrequency.ANNUAL,
        unit_cost=Money(Decimal("4.5"), "USD"),
    )
    run = lab.sync()
    known = lab.subscription("s-1")
    assert (known.quantity, known.name, known.term) == (12, "Renamed", "P1Y")
    assert (known.starts_at, known.auto_renew) == (JUNE, True)
    assert known.unit_cost == Money(Decimal("4.5"), "USD")
    assert run.counts.updated == 1


def test_each_change_is_a_report_entry_with_old_and_new_value(held: Laboratory) -> None:
    held.world.change("s-1", quantity=12, name="Renamed")
    [entry] = held.entries(held.sync())
    assert entry.change.value == "UPDATED"
    assert set(entry.field_changes) == {
        FieldChange("quantity", "10", "12"),
        FieldChange("name", "Subscription s-1", "Renamed"),
    }


def test_crm_owned_fields_are_never_written(held: Laboratory) -> None:
    lab = held
    account = lab.office.account()
    lab.map("c-1", account)
    contract = lab.office.contract(account)
    lab.proceed(contract.id, [lab.id("s-1")])
    with lab.mirror.writing():
        lab.mirror.execute(
            "UPDATE subscription SET unit_price_amount = 9, unit_price_currency = 'EUR'"
        )
    lab.world.change("s-1", quantity=20, unit_cost=Money(Decimal(5), "USD"))
    lab.sync()
    known = lab.subscription("s-1")
    assert known.unit_price == Money(Decimal(9), "EUR")
    assert (known.account_id, known.billing_contract_id) == (account.id, contract.id)


def test_quantity_cost_and_activation_changes_are_license_changes(held: Laboratory) -> None:
    lab = held
    lab.world.change("s-1", quantity=12)
    lab.sync()
    lab.world.change("s-1", unit_cost=Money(Decimal(5), "USD"))
    lab.sync()
    lab.world.change("s-1", status=SubscriptionStatus.CANCELLED)
    lab.sync()
    lab.world.change("s-1", status=SubscriptionStatus.ACTIVE, quantity=3)
    lab.sync()
    assert lab.events("s-1") == [
        ("CREATE", 10),
        ("UPDATE", 2),
        ("UPDATE", 0),
        ("DEACTIVATE", -12),
        ("ACTIVATE", 3),
    ]
    assert lab.mismatches() == []


def test_a_changed_name_is_no_license_change(held: Laboratory) -> None:
    held.world.change("s-1", name="Renamed")
    held.sync()
    assert held.events("s-1") == [("CREATE", 10)]


def test_a_suspended_subscription_keeps_its_quantity(held: Laboratory) -> None:
    held.world.change("s-1", status=SubscriptionStatus.SUSPENDED)
    held.sync()
    assert held.subscription("s-1").quantity == 10
    assert held.subscription("s-1").status is SubscriptionStatus.SUSPENDED
    assert held.events("s-1") == [("CREATE", 10)]


def test_a_second_sync_writes_nothing(held: Laboratory) -> None:
    lab = held
    lab.world.customer("c-2", "Second", "second.example")
    lab.world.subscription("s-2", "c-2", status=SubscriptionStatus.EXPIRED, starts_at=JUNE)
    lab.world.subscription("s-3", "c-2", unit_cost=Money(Decimal("0.000100"), "eur"))
    lab.sync()
    before = lab.dump()
    run = lab.sync()
    assert lab.dump() == before
    assert (run.outcome, run.counts.unchanged) == (SyncOutcome.SUCCEEDED, 3)


def test_no_change_writes_when_it_was_last_synced(held: Laboratory) -> None:
    before = held.customer("c-1").last_synced_at
    held.sync()
    after = held.customer("c-1").last_synced_at
    assert before is not None
    assert after == before + timedelta(minutes=1)


def test_other_bytes_with_the_same_meaning_change_nothing(held: Laboratory) -> None:
    lab = held
    lab.world.change("s-1", name="  Subscription s-1 ", unit_cost=Money(Decimal("4.00"), "usd"))
    run = lab.sync()
    assert (lab.changes(run), run.counts.unchanged) == ([], 1)
    read = lab.world.records_read
    lab.sync()
    assert lab.world.records_read == read


def test_a_zone_of_its_own_is_no_change(held: Laboratory) -> None:
    lab = held
    lab.world.change("s-1", starts_at=JUNE)
    lab.sync()
    offset = datetime.fromisoformat("2026-06-01T10:00:00+02:00")
    lab.world.change("s-1", starts_at=offset)
    assert lab.changes(lab.sync()) == []


def test_unit_costs_are_not_taken_while_the_switch_is_off(held: Laboratory) -> None:
    lab = held
    lab.switch(update_costs=False)
    lab.world.change("s-1", unit_cost=Money(Decimal(5), "USD"))
    lab.world.subscription("s-2", unit_cost=Money(Decimal(5), "USD"))
    lab.sync()
    assert lab.subscription("s-1").unit_cost == Money(Decimal(4), "USD")
    assert lab.subscription("s-2").unit_cost is None


def test_switching_unit_costs_on_takes_effect_at_the_next_run(held: Laboratory) -> None:
    lab = held
    lab.switch(update_costs=False)
    lab.world.change("s-1", unit_cost=Money(Decimal(5), "USD"))
    lab.sync()
    lab.switch(update_costs=True)
    run = lab.sync()
    assert lab.subscription("s-1").unit_cost == Money(Decimal(5), "USD")
    assert lab.changes(run) == [("s-1", "UPDATED")]


def test_a_cost_that_a_manual_run_passed_over_is_taken_when_the_switch_is_on_again(
    held: Laboratory,
) -> None:
    lab = held
    account = lab.office.account()
    lab.map("c-1", account)
    contract = lab.office.contract(account)
    lab.switch(update_costs=False)
    lab.world.change("s-1", unit_cost=Money(Decimal(5), "USD"))
    lab.proceed(contract.id)
    lab.switch(update_costs=True)
    lab.sync()
    assert lab.subscription("s-1").unit_cost == Money(Decimal(5), "USD")


def test_a_raised_record_version_reads_every_record_again_once(held: Laboratory) -> None:
    lab = held
    before = {**lab.dump(), "subscription": [], "provider": []}
    lab.world.record_version += 1
    lab.configure()
    read = lab.world.records_read
    lab.sync()
    assert lab.world.records_read == read + 1
    assert {**lab.dump(), "subscription": [], "provider": []} == before
    lab.sync()
    assert lab.world.records_read == read + 1


def test_a_subscription_that_moved_to_another_customer_follows_it(held: Laboratory) -> None:
    lab = held
    account = lab.office.account()
    lab.map("c-1", account)
    contract = lab.office.contract(account)
    lab.proceed(contract.id, [lab.id("s-1")])
    lab.world.customer("c-2")
    lab.world.change("s-1", customer_external_id="c-2")
    run = lab.sync()
    known = lab.subscription("s-1")
    assert known.provider_account_id == lab.customer_id("c-2")
    assert (known.account_id, known.billing_contract_id) == (account.id, contract.id)
    [entry] = lab.entries(run)
    assert entry.field_changes == (FieldChange("providerAccount", "c-1", "c-2"),)


def test_a_record_that_two_pages_show_counts_once(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=5)
    lab.world.repeats = {(lab.world.listing("c-1"), 1), (lab.world.listing("c-1"), 2)}
    run = lab.sync()
    assert (run.counts.fetched, run.counts.created) == (5, 5)
    before = lab.dump()
    again = lab.sync()
    assert lab.dump() == before
    assert (again.counts.fetched, again.counts.unchanged) == (5, 5)


def test_a_customer_that_two_pages_show_is_asked_once(lab: Laboratory) -> None:
    lab.world.fill(customers=3, each=1)
    lab.world.repeats = {("customers", 1)}
    lab.sync()
    given = lab.world.pages_given
    lab.sync()
    asked = lab.world.pages_given - given
    assert asked == 2 + (2 if lab.world.scans else 3)


def test_a_record_listed_in_two_spellings_does_not_change_to_and_fro(lab: Laboratory) -> None:
    lab.world.customer("c-1")
    for number in range(3):
        lab.world.subscription(f"s-{number}")
    lab.world.subscriptions["again"] = replace(lab.world.subscriptions["s-0"], quantity=99)
    lab.sync()
    quantity = lab.subscription("s-0").quantity
    for _ in range(2):
        lab.sync()
        assert lab.subscription("s-0").quantity == quantity
    assert len(lab.events("s-0")) == 1


def test_the_report_says_so_when_a_record_is_listed_in_two_spellings(lab: Laboratory) -> None:
    lab.world.customer("c-1")
    lab.world.subscription("s-0")
    lab.sync()
    lab.world.subscriptions["again"] = replace(lab.world.subscriptions["s-0"], quantity=99)
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert lab.changes(run) == [("s-0", "FAILED")]
