"""Differences, plans and license changes, as properties of any history."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.change import FIELD_NAMES, diff, field_names
from seatsync.domain.contract import BillingContract, ContractStatus
from seatsync.domain.flaw import subscription_flaw
from seatsync.domain.ids import subscription_id
from seatsync.domain.landing import LandingSetting
from seatsync.domain.license_change import (
    Holding,
    LicenseChangeEvent,
    initial_delta,
    license_delta,
)
from seatsync.domain.money import Money
from seatsync.domain.plan import (
    Known,
    KnownCustomer,
    KnownSubscription,
    Planner,
    Target,
)
from seatsync.domain.report import SyncChange
from seatsync.domain.settings import ApplicationSettings
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus, UnassignedReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync.domain.plan import Plan, Step

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ACCOUNT, OTHER, CONTRACT = UUID(int=1), UUID(int=2), UUID(int=3)
TEXTS = st.text(max_size=6)
MAYBE = st.none() | TEXTS
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=5))])
INSTANTS = st.none() | st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - the zones follow
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9)
MONEY = st.builds(Money, AMOUNTS, st.sampled_from(["USD", "usd", "EUR "]))
RECORDS = st.builds(
    RemoteSubscription,
    external_id=st.sampled_from(["s-1", "s-2", "s-3", " s-1"]),
    customer_external_id=st.sampled_from(["c-1", "c-2"]),
    name=TEXTS,
    quantity=st.integers(0, 50),
    status=st.sampled_from(SubscriptionStatus),
    provider_status=TEXTS,
    billing_type=st.sampled_from(BillingType),
    part_number=MAYBE,
    product_name=MAYBE,
    unit_type=MAYBE,
    term=MAYBE,
    billing_frequency=st.none() | st.sampled_from(BillingFrequency),
    is_trial=st.booleans(),
    auto_renew=st.none() | st.booleans(),
    parent_external_id=MAYBE,
    starts_at=INSTANTS,
    commitment_ends_at=INSTANTS,
    unit_cost=st.none() | MONEY,
).filter(lambda record: subscription_flaw(record) is None)
CANONICAL = RECORDS.map(RemoteSubscription.canonical)
few = settings(max_examples=30, deadline=None)
"""Batches take long to think up."""
BATCHES = st.lists(CANONICAL, max_size=4)
SETTINGS = st.builds(
    ApplicationSettings,
    landing=st.sampled_from([LandingSetting(), LandingSetting(NOON)]),
    update_costs=st.booleans(),
)
CUSTOMERS = {
    "c-1": KnownCustomer(UUID(int=11), "c-1", ACCOUNT, sync_enabled=True),
    "c-2": KnownCustomer(UUID(int=12), "c-2", None, sync_enabled=True),
}
DEFAULT = BillingContract(
    CONTRACT,
    "Monthly",
    ACCOUNT,
    is_default=True,
    default_for=None,
    billing_policy=BillingPolicy.ADVANCE,
    billing_frequency=BillingFrequency.MONTHLY,
    currency="USD",
    status=ContractStatus.ACTIVE,
)


def carried_out(known: Known, plan: Plan) -> Known:
    """Return what the mirror knows after a plan has been carried out."""
    after = {step.record.external_id: _known(step) for step in plan.steps}
    return replace(known, subscriptions={**known.subscriptions, **after})


def _known(step: Step) -> KnownSubscription:
    return KnownSubscription(
        step.subscription_id,
        step.customer.id,
        step.account_id,
        step.contract_id,
        step.reason,
        None,
        step.record,
    )


def start(records: Iterable[RemoteSubscription] = ()) -> Known:
    known = Known(customers=CUSTOMERS, contracts={ACCOUNT: [DEFAULT]})
    return carried_out(known, Planner("lab", ApplicationSettings()).plan(records, known))


@given(RECORDS)
def test_canonical_is_idempotent(record: RemoteSubscription) -> None:
    once = record.canonical()
    assert once.canonical() == once
    assert repr(once.canonical()) == repr(once)


@given(CANONICAL)
def test_the_difference_of_equal_states_is_empty(record: RemoteSubscription) -> None:
    assert diff(record, replace(record)) == ()


@given(CANONICAL, CANONICAL)
def test_a_difference_names_exactly_the_fields_that_differ(
    old: RemoteSubscription, new: RemoteSubscription
) -> None:
    expected = {
        FIELD_NAMES[field.name]
        for field in fields(old)
        if getattr(old, field.name) != getattr(new, field.name) and field.name != "external_id"
    }
    assert field_names(diff(old, new)) == expected


@few
@given(before=BATCHES, now=BATCHES, switches=SETTINGS)
def test_once_a_plan_is_carried_out_the_next_is_empty(
    before: list[RemoteSubscription], now: list[RemoteSubscription], switches: ApplicationSettings
) -> None:
    known = start(before)
    planner = Planner("lab", switches)
    after = carried_out(known, planner.plan(now, known))
    again = planner.plan(now, after)
    assert again.is_empty
    assert len(again.unchanged) == len({record.external_id for record in now})


@few
@given(before=BATCHES, now=BATCHES, ticked=st.sets(st.sampled_from(["s-1", "s-2", "s-3"])))
def test_once_a_manual_plan_is_carried_out_the_next_is_empty(
    before: list[RemoteSubscription], now: list[RemoteSubscription], ticked: set[str]
) -> None:
    known = start(before)
    target = Target(CONTRACT, ACCOUNT, frozenset(subscription_id("lab", name) for name in ticked))
    planner = Planner("lab", ApplicationSettings(), target)
    after = carried_out(known, planner.plan(now, known))
    assert planner.plan(now, after).is_empty


@few
@given(before=BATCHES, now=BATCHES, switches=SETTINGS)
def test_an_automatic_plan_never_moves_what_is_known(
    before: list[RemoteSubscription], now: list[RemoteSubscription], switches: ApplicationSettings
) -> None:
    known = start(before)
    for step in Planner("lab", switches).plan(now, known).steps:
        if step.known:
            assert step.contract_id == step.known.contract_id
            assert step.account_id == step.known.account_id
            assert step.reason == step.known.reason


@few
@given(before=BATCHES, now=BATCHES, switches=SETTINGS)
def test_every_step_has_a_contract_or_a_reason(
    before: list[RemoteSubscription], now: list[RemoteSubscription], switches: ApplicationSettings
) -> None:
    for step in Planner("lab", switches).plan(now, start(before)).steps:
        assert (step.contract_id is None) is not (step.reason is None)


@few
@given(before=BATCHES, now=BATCHES)
def test_a_manual_plan_leaves_out_what_is_new_and_not_ticked(
    before: list[RemoteSubscription], now: list[RemoteSubscription]
) -> None:
    known = start(before)
    plan = Planner("lab", ApplicationSettings(), Target(CONTRACT, ACCOUNT)).plan(now, known)
    assert all(step.known for step in plan.steps)
    new = {record.external_id for record in now} - set(known.subscriptions)
    assert plan.left_out == len(new)


@given(record=CANONICAL, switches=SETTINGS)
def test_unit_costs_follow_only_while_the_switch_is_on(
    record: RemoteSubscription, switches: ApplicationSettings
) -> None:
    known = start([replace(record, unit_cost=Money(Decimal(7), "USD"))])
    plan = Planner("lab", switches).plan([record], known)
    if not switches.update_costs:
        assert plan.is_empty


def test_a_customer_that_is_not_known_leaves_its_records_without_a_home() -> None:
    record = RemoteSubscription(
        "s-1", "c-9", "Name", 1, SubscriptionStatus.ACTIVE, "Active"
    ).canonical()
    plan = Planner("lab", ApplicationSettings()).plan([record], start())
    assert (plan.homeless, plan.is_empty) == ((record,), True)


def test_only_a_customer_of_the_contracts_account_can_be_put_on_it() -> None:
    record = RemoteSubscription("s-1", "c-1", "Name", 1, SubscriptionStatus.ACTIVE, "Active")
    ticked = frozenset({subscription_id("lab", "s-1")})
    for account, steps in ((ACCOUNT, 1), (OTHER, 0)):
        planner = Planner("lab", ApplicationSettings(), Target(CONTRACT, account, ticked))
        assert len(planner.plan([record], start()).steps) == steps
        known = start([record])
        attached = planner.plan([record], known).steps
        assert [step.change for step in attached] == [SyncChange.ASSIGNED] * steps


def test_what_is_attached_loses_its_reason() -> None:
    record = RemoteSubscription("s-1", "c-1", "Name", 1, SubscriptionStatus.ACTIVE, "Active")
    known = start([record])
    assert known.subscriptions["s-1"].reason is UnassignedReason.SETTING_DISABLED
    ticked = frozenset({known.subscriptions["s-1"].id})
    planner = Planner("lab", ApplicationSettings(), Target(CONTRACT, ACCOUNT, ticked))
    [step] = planner.plan([record], known).steps
    assert (step.contract_id, step.account_id, step.reason) == (CONTRACT, ACCOUNT, None)


HOLDINGS = st.builds(
    RemoteSubscription,
    external_id=st.just("s-1"),
    customer_external_id=st.just("c-1"),
    name=st.just("Name"),
    quantity=st.integers(0, 100),
    status=st.sampled_from(SubscriptionStatus),
    provider_status=st.just(""),
    unit_cost=st.none() | MONEY,
).map(lambda record: _holding(record.canonical()))


def _holding(record: RemoteSubscription) -> Holding:
    return Holding(record.quantity, record.unit_cost, record.status)


@given(st.lists(HOLDINGS, min_size=1, max_size=12))
def test_license_changes_always_add_up_to_the_quantity(history: list[Holding]) -> None:
    total = initial_delta(history[0].quantity).quantity_delta
    assert total == history[0].quantity
    for old, new in pairwise(history):
        delta = license_delta(old, new)
        total += delta.quantity_delta if delta else 0
        assert total == new.quantity
        assert delta is None or delta.quantity_after == new.quantity


@given(HOLDINGS, HOLDINGS)
def test_a_deactivation_writes_the_negative_of_the_whole_quantity(
    old: Holding, new: Holding
) -> None:
    delta = license_delta(old, new)
    if not old.status.is_ended and new.status.is_ended:
        assert delta is not None
        assert (delta.event, delta.quantity_delta) == (
            LicenseChangeEvent.DEACTIVATE,
            -old.quantity,
        )


@given(HOLDINGS, HOLDINGS)
def test_a_license_change_is_due_if_and_only_if_quantity_cost_or_activation_changed(
    old: Holding, new: Holding
) -> None:
    changed = (
        old.quantity != new.quantity
        or old.unit_cost != new.unit_cost
        or old.status.is_ended != new.status.is_ended
    )
    assert (license_delta(old, new) is not None) is changed


@given(HOLDINGS)
def test_no_change_is_no_license_change(holding: Holding) -> None:
    assert license_delta(holding, holding) is None
