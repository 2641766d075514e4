"""Nothing changes here without a note of what the CRM has to be told."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lab import World
from laboratory import Laboratory, emptied
from model_crm import ModelCrm, first_bases
from seatsync.domain.billing import BillingFrequency
from seatsync.domain.change import FIELD_NAMES, FieldChange
from seatsync.domain.contract import ContractStatus
from seatsync.domain.crm import CrmNoun
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.ids import provider_account_id, subscription_id
from seatsync.domain.money import Money
from seatsync.domain.ownership import Owner, fields_of
from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import Refusal, SeatsyncError
from seatsync.mirror.database import Mirror
from seatsync.mirror.outbox import Operation
from seatsync.mirror.step_fields import columns_of
from seatsync.services.contract_changes import ContractEdit
from seatsync.services.manual_subscriptions import NewSubscription, SubscriptionEdit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

CUSTOMERS = st.sampled_from(["c-1", "c-2"])
NAMES = [f"s-{number}" for number in range(4)]
SUBSCRIPTIONS = st.sampled_from(NAMES)
WHICH = st.integers(0, 3)


@pytest.fixture
def mirror(migrated_url: str) -> Iterator[Mirror]:
    """Open an empty mirror of each kind that has a CRM to tell."""
    mirror = Mirror.open(migrated_url)
    mirror.feeds_crm = True
    yield mirror
    mirror.close()


@pytest.fixture
def lab(mirror: Mirror) -> Laboratory:
    return Laboratory(mirror, World(scans=True))


@pytest.fixture
def crm(mirror: Mirror) -> ModelCrm:
    return ModelCrm(mirror)


class AnyChange(RuleBasedStateMachine):
    """Syncs and every mutation, in any order, with deliveries in between."""

    mirror: Mirror

    def __init__(self) -> None:
        super().__init__()
        self.world = World(scans=True)
        self.world.fill(customers=2, each=0)
        self.lab = Laboratory(emptied(self.mirror), self.world)
        self.office = self.lab.office
        self.crm = ModelCrm(self.mirror)
        self.accounts = [self.office.account(name) for name in ("Aster Mills", "Birch Works")]
        self.contracts = [
            self.office.contract(account, kind).id
            for account in self.accounts
            for kind in ("One", "Two")
        ]
        self.manual: list[UUID] = []

    @rule(name=SUBSCRIPTIONS, customer=CUSTOMERS, cost=st.none() | st.decimals(1, 9, places=2))
    def provider_sells(self, name: str, customer: str, cost: Decimal | None) -> None:
        unit_cost = None if cost is None else Money(cost, "EUR")
        self.world.subscription(name, customer, unit_cost=unit_cost)

    @rule(
        name=SUBSCRIPTIONS,
        quantity=st.integers(0, 9),
        status=st.sampled_from(SubscriptionStatus),
        note=st.none() | st.sampled_from(["more next term", "less next term"]),
        customer=CUSTOMERS,
    )
    def provider_changes(
        self, name: str, quantity: int, status: SubscriptionStatus, note: str | None, customer: str
    ) -> None:
        if name in self.world.subscriptions:
            self.world.change(
                name,
                quantity=quantity,
                status=status,
                provider_note=note,
                parent_external_id=note and "s-0",
                customer_external_id=customer,
            )

    @rule(name=SUBSCRIPTIONS)
    def provider_forgets(self, name: str) -> None:
        self.world.subscriptions.pop(name, None)

    @rule(customer=CUSTOMERS, number=WHICH)
    def provider_renames(self, customer: str, number: int) -> None:
        domain = f"d{number}.example" if number else None
        self.world.customer(customer, name=f"Name {number % 2}", domain=domain)

    @rule()
    def schedule_syncs(self) -> None:
        self.lab.sync()

    @rule(which=WHICH, ticked=st.sets(SUBSCRIPTIONS, max_size=2))
    def clerk_proceeds(self, which: int, ticked: set[str]) -> None:
        with suppress(SeatsyncError):
            self.lab.proceed(self.contracts[which], [subscription_id("lab", n) for n in ticked])

    @rule(on=st.booleans(), costs=st.booleans())
    def admin_switches(self, *, on: bool, costs: bool) -> None:
        self.lab.switch(associate_default_billing_contract=on, update_costs=costs)

    @rule(customer=CUSTOMERS, which=st.integers(0, 2))
    def clerk_maps(self, customer: str, which: int) -> None:
        with suppress(Refusal):
            self.lab.map(customer, [*self.accounts, None][which])

    @rule(customer=CUSTOMERS, on=st.booleans())
    def clerk_switches_sync(self, customer: str, *, on: bool) -> None:
        known = provider_account_id("lab", customer)
        with suppress(Refusal):
            self.office.mappings.set_sync(LOCAL, known, sync_enabled=on)

    @rule(which=WHICH, on=st.booleans())
    def clerk_flags_a_default(self, which: int, *, on: bool) -> None:
        wish = DefaultWish(is_default=on, replace_existing=True)
        with suppress(Refusal):
            self.office.contracts.set_default(LOCAL, self.contracts[which], wish)

    @rule(
        which=WHICH,
        frequency=st.none() | st.sampled_from(BillingFrequency),
        status=st.none() | st.sampled_from(ContractStatus),
        name=st.none() | st.sampled_from(["One", "Other"]),
    )
    def clerk_edits_a_contract(self, which: int, **edits: Any) -> None:
        edit = ContractEdit(
            name=edits["name"], billing_frequency=edits["frequency"], status=edits["status"]
        )
        with suppress(Refusal):
            self.office.contracts.update(LOCAL, self.contracts[which], edit)

    @rule(name=SUBSCRIPTIONS, which=st.none() | WHICH)
    def clerk_assigns(self, name: str, which: int | None) -> None:
        target = None if which is None else self.contracts[which]
        with suppress(Refusal):
            self.office.assignments.assign(LOCAL, [subscription_id("lab", name)], target)

    @rule(which=WHICH)
    def clerk_adds_a_manual_subscription(self, which: int) -> None:
        wanted = NewSubscription(self.contracts[which], "By hand", 5)
        with suppress(Refusal):
            self.manual.append(self.office.manual.create(LOCAL, wanted).id)

    @rule(
        which=WHICH,
        quantity=st.none() | st.integers(0, 5),
        status=st.none() | st.sampled_from(SubscriptionStatus),
    )
    def clerk_edits_a_manual_subscription(
        self, which: int, quantity: int | None, status: SubscriptionStatus | None
    ) -> None:
        if self.manual:
            edit = SubscriptionEdit(quantity=quantity, status=status)
            with suppress(Refusal):
                self.office.manual.update(LOCAL, self.manual[which % len(self.manual)], edit)

    @rule()
    def everything_is_told(self) -> None:
        self.crm.deliver()

    @invariant()
    def whatever_differs_is_noted(self) -> None:
        self.crm.require_all_noted()


def test_whatever_changes_in_any_history_is_noted(migrated_sqlite_url: str) -> None:
    AnyChange.mirror = Mirror.open(migrated_sqlite_url)
    AnyChange.mirror.feeds_crm = True
    run_state_machine_as_test(
        AnyChange,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    AnyChange.mirror.close()


def names_of(crm: ModelCrm, noun: CrmNoun, record_id: UUID) -> set[str]:
    """Return which fields of a record are noted as changed."""
    item = crm.item(noun, record_id)
    if item is None:
        return set()
    assert item.operation is Operation.UPDATE
    return set(item.names)


def bases_of(crm: ModelCrm, noun: CrmNoun, record_id: UUID) -> dict[str, object]:
    item = crm.item(noun, record_id)
    return first_bases(item) if item else {}


def test_what_a_sync_discovers_is_to_be_made(lab: Laboratory, crm: ModelCrm) -> None:
    lab.world.fill(customers=1, each=2)
    lab.sync()
    counted = lab.rows("SELECT noun, operation, COUNT(*) FROM crm_outbox GROUP BY noun, operation")
    assert {tuple(row) for row in counted} == {
        ("provider_account", "CREATE", 1),
        ("subscription", "CREATE", 2),
        ("license_change", "CREATE", 2),
    }
    crm.require_all_noted()


def test_a_refresh_names_exactly_what_the_provider_changed(lab: Laboratory, crm: ModelCrm) -> None:
    lab.world.fill(customers=1, each=2)
    lab.sync()
    crm.deliver()
    lab.world.change("s-1-1", quantity=4, auto_renew=True)
    lab.sync()
    assert names_of(crm, CrmNoun.SUBSCRIPTION, lab.id("s-1-1")) == {"quantity", "auto_renew"}
    assert crm.item(CrmNoun.SUBSCRIPTION, lab.id("s-1-2")) is None
    crm.require_all_noted()


def test_a_sync_without_changes_notes_nothing(lab: Laboratory, crm: ModelCrm) -> None:
    lab.world.fill(customers=1, each=2)
    lab.sync()
    crm.deliver()
    lab.sync()
    assert lab.rows("SELECT 1 FROM crm_outbox") == []


def test_a_manual_sync_commands_the_contract_that_it_attaches_to(
    lab: Laboratory, crm: ModelCrm
) -> None:
    lab.world.fill(customers=1, each=1)
    lab.sync()
    account = lab.office.account()
    contract = lab.office.contract(account)
    lab.map("c-1", account)
    crm.deliver()
    lab.proceed(contract.id, [lab.id("s-1-1")])
    noted = names_of(crm, CrmNoun.SUBSCRIPTION, lab.id("s-1-1"))
    assert noted == {"billing_contract_id", "unassigned_reason"}
    based = bases_of(crm, CrmNoun.SUBSCRIPTION, lab.id("s-1-1"))
    assert based == {"billing_contract_id": None}


def test_what_goes_missing_and_comes_back_is_noted(lab: Laboratory, crm: ModelCrm) -> None:
    lab.world.fill(customers=1, each=2)
    lab.sync()
    crm.deliver()
    gone = lab.world.subscriptions.pop("s-1-1")
    lab.sync()
    assert names_of(crm, CrmNoun.SUBSCRIPTION, lab.id("s-1-1")) == {"missing_since"}
    crm.deliver()
    lab.world.subscriptions["s-1-1"] = gone
    lab.sync()
    assert names_of(crm, CrmNoun.SUBSCRIPTION, lab.id("s-1-1")) == {"missing_since"}


def test_a_customer_is_noted_with_what_its_provider_really_renamed(
    lab: Laboratory, crm: ModelCrm
) -> None:
    lab.world.customer("c-1", name="One", domain="one.example")
    lab.world.customer("c-2", name="Two", domain="two.example")
    lab.sync()
    crm.deliver()
    lab.world.customer("c-1", name="Won", domain="one.example")
    lab.sync()
    assert names_of(crm, CrmNoun.PROVIDER_ACCOUNT, lab.customer_id("c-1")) == {"name"}
    assert crm.item(CrmNoun.PROVIDER_ACCOUNT, lab.customer_id("c-2")) is None


def test_mapping_commands_the_account_there_and_on_every_subscription(
    lab: Laboratory, crm: ModelCrm
) -> None:
    lab.world.fill(customers=1, each=2)
    lab.sync()
    account, other = lab.office.account(), lab.office.account("Birch Works")
    lab.map("c-1", account)
    crm.deliver()
    lab.map("c-1", other)
    based = {"account_id": str(account.id)}
    assert bases_of(crm, CrmNoun.PROVIDER_ACCOUNT, lab.customer_id("c-1")) == based
    for name in ("s-1-1", "s-1-2"):
        assert bases_of(crm, CrmNoun.SUBSCRIPTION, lab.id(name)) == based
    lab.office.mappings.set_sync(LOCAL, lab.customer_id("c-1"), sync_enabled=False)
    assert names_of(crm, CrmNoun.PROVIDER_ACCOUNT, lab.customer_id("c-1")) == {"account_id"}


def test_mapping_to_the_same_account_again_notes_nothing(lab: Laboratory, crm: ModelCrm) -> None:
    lab.world.fill(customers=1, each=1)
    lab.sync()
    account = lab.office.account()
    lab.map("c-1", account)
    crm.deliver()
    lab.map("c-1", account)
    assert lab.rows("SELECT 1 FROM crm_outbox") == []


def test_a_new_default_is_commanded_together_with_the_one_that_it_replaces(
    lab: Laboratory, crm: ModelCrm
) -> None:
    account = lab.office.account()
    old = lab.office.contract(account, is_default=True)
    new = lab.office.contract(account, "Yearly")
    crm.deliver()
    wish = DefaultWish(is_default=True, replace_existing=True)
    lab.office.contracts.set_default(LOCAL, new.id, wish)
    assert bases_of(crm, CrmNoun.BILLING_CONTRACT, old.id) == {"is_default": True}
    assert bases_of(crm, CrmNoun.BILLING_CONTRACT, new.id) == {"is_default": False}


def test_the_first_base_of_a_field_counts_until_the_crm_has_been_told(
    lab: Laboratory, crm: ModelCrm
) -> None:
    contract = lab.office.contract(lab.office.account())
    crm.deliver()
    for name in ("Weekly", "Daily"):
        lab.office.contracts.update(LOCAL, contract.id, ContractEdit(name=name))
    assert bases_of(crm, CrmNoun.BILLING_CONTRACT, contract.id) == {"name": "Monthly"}


def test_what_is_kept_by_hand_is_told_with_everything_that_it_refers_to(
    lab: Laboratory, crm: ModelCrm
) -> None:
    contract = lab.office.contract(lab.office.account())
    made = lab.office.manual.create(LOCAL, NewSubscription(contract.id, "By hand", 5))
    nouns = lab.rows("SELECT DISTINCT noun FROM crm_outbox WHERE operation = 'CREATE'")
    assert {noun for (noun,) in nouns} == {str(noun) for noun in crm.held}
    crm.deliver()
    lab.office.manual.update(LOCAL, made.id, SubscriptionEdit(quantity=7))
    assert names_of(crm, CrmNoun.SUBSCRIPTION, made.id) == {"quantity"}
    crm.require_all_noted()


def test_nothing_is_noted_where_the_mirror_is_the_crm(lab: Laboratory) -> None:
    lab.mirror.feeds_crm = False
    lab.world.fill(customers=1, each=2)
    lab.sync()
    account = lab.office.account()
    lab.office.contract(account)
    lab.map("c-1", account)
    assert lab.rows("SELECT 1 FROM crm_outbox") == []


def test_prices_are_left_to_a_crm_that_owns_them(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=1)
    lab.sync()
    price = (LOCAL, [lab.id("s-1-1")], Decimal(5), "EUR")
    with pytest.raises(Refusal, match="the CRM owns unit prices") as refused:
        lab.office.assignments.set_price(*price)
    assert refused.value.code == "INVALID_INPUT"
    lab.mirror.feeds_crm = False
    lab.office.assignments.set_price(*price)


def test_every_field_that_a_report_may_name_is_known_to_the_notes() -> None:
    known = fields_of(CrmNoun.SUBSCRIPTION, Owner.AGENT)
    reported = set(FIELD_NAMES.values()) - {FIELD_NAMES["external_id"]}
    for name in (*reported, "missingSince"):
        columns = columns_of(FieldChange(name, None, None))
        assert columns
        assert known.issuperset(columns)
