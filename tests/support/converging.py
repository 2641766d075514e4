"""Anything that may happen to a mirror, its CRM and its provider."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from seatsync.domain.billing import BillingType
from seatsync.domain.contract import ContractStatus
from seatsync.domain.crm import CrmNoun
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import Refusal
from seatsync.services.contract_changes import NewContract
from seatsync.services.manual_subscriptions import NewSubscription
from trio import NOUNS, Trio, pick

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from seatsync.domain.crm import CrmValue

WHICH = st.integers(0, 7)
MAYBE = st.none() | WHICH
TYPES = st.none() | st.sampled_from(BillingType)
CALLS = st.none() | st.tuples(st.integers(1, 6), st.booleans())


class Converging(Trio, RuleBasedStateMachine):
    """Anything that users, providers, the network and the operating system may do."""

    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        Trio.__init__(self)
        for which in range(2):
            self.a_user_adds_an_account(which)
        for which in range(3):
            self.a_user_adds_a_contract(which, is_default=which < 2, default_for=None)

    def teardown(self) -> None:
        self.end()

    @initialize(turns=st.integers(0, 3), landing=st.booleans())
    def some_turns_are_taken(self, turns: int, *, landing: bool) -> None:
        """Begin before the first read, or after some; with landing switched on, or off."""
        self.lab.switch(associate_default_billing_contract=landing, provider_account_match=True)
        for _ in range(turns):
            self.the_agent_pulls(None)
            self.take_turns()

    # What the CRM's users do.

    @rule(which=WHICH)
    def a_user_adds_an_account(self, which: int) -> None:
        self.side.add(CrmNoun.ACCOUNT, name=f"Account {which}", domain=f"a{which}.example")

    @rule(which=WHICH, is_default=st.booleans(), default_for=TYPES)
    def a_user_adds_a_contract(
        self, which: int, *, is_default: bool, default_for: BillingType | None
    ) -> None:
        account = pick(self.side.ids(CrmNoun.ACCOUNT), which)
        if account:
            self.side.add(
                CrmNoun.BILLING_CONTRACT,
                name="Monthly",
                account_id=account,
                is_default=is_default,
                default_for=default_for.value if default_for and is_default else None,
                billing_policy="ADVANCE",
                billing_frequency="MONTHLY",
                currency="EUR",
                status="ACTIVE",
            )

    @rule(which=WHICH, is_default=st.booleans(), default_for=TYPES)
    def a_user_flags_a_contract(
        self, which: int, *, is_default: bool, default_for: BillingType | None
    ) -> None:
        narrowed = default_for.value if default_for and is_default else None
        self.edit(CrmNoun.BILLING_CONTRACT, which, is_default=is_default, default_for=narrowed)

    @rule(which=WHICH, status=st.sampled_from(ContractStatus))
    def a_user_closes_or_opens_a_contract(self, which: int, status: ContractStatus) -> None:
        self.edit(CrmNoun.BILLING_CONTRACT, which, status=status.value)

    @rule(which=WHICH, account=MAYBE)
    def a_user_maps_a_provider_account(self, which: int, account: int | None) -> None:
        target = pick(self.side.ids(CrmNoun.ACCOUNT), account)
        self.edit(CrmNoun.PROVIDER_ACCOUNT, which, account_id=target)

    @rule(which=WHICH, contract=MAYBE)
    def a_user_moves_a_subscription(self, which: int, contract: int | None) -> None:
        target = pick(self.side.ids(CrmNoun.BILLING_CONTRACT), contract)
        self.edit(CrmNoun.SUBSCRIPTION, which, billing_contract_id=target)

    @rule(which=WHICH, amount=st.none() | st.decimals(0, 99, places=2))
    def a_user_prices_a_subscription(self, which: int, amount: Decimal | None) -> None:
        record = pick(self.side.ids(CrmNoun.SUBSCRIPTION), which)
        if record:
            self.a_user_prices(record, amount)

    def a_user_prices(self, subscription: UUID, amount: Decimal | None) -> None:
        """Set or clear the unit price of a subscription in the CRM."""
        self.side.edit(
            CrmNoun.SUBSCRIPTION,
            subscription,
            unit_price_amount=None if amount is None else amount.normalize() + 0,
            unit_price_currency=None if amount is None else "EUR",
        )

    @rule(which=WHICH, quantity=st.integers(0, 9))
    def a_user_writes_where_the_agent_does(self, which: int, quantity: int) -> None:
        self.edit(CrmNoun.SUBSCRIPTION, which, quantity=quantity, name="Mine")

    @rule(which=WHICH)
    def a_user_bills_a_license_change(self, which: int) -> None:
        self.edit(CrmNoun.LICENSE_CHANGE, which, invoice_reference=f"I-{which}")

    @rule(noun=st.sampled_from(NOUNS), which=WHICH)
    def a_user_deletes_something(self, noun: CrmNoun, which: int) -> None:
        record = pick(self.side.ids(noun), which)
        if record:
            self.side.delete(noun, record)

    @rule()
    def every_mark_expires(self) -> None:
        self.side.expire()

    def edit(self, noun: CrmNoun, which: int, **values: CrmValue) -> None:
        record = pick(self.side.ids(noun), which)
        if record:
            self.side.edit(noun, record, **values)

    # What the provider does, and the syncs.

    @rule(which=WHICH)
    def the_provider_gets_a_customer(self, which: int) -> None:
        self.world.customer(f"c-{which}", domain=f"a{which}.example")

    @rule(which=WHICH, owner=WHICH, kind=st.sampled_from(BillingType))
    def the_provider_gets_a_subscription(self, which: int, owner: int, kind: BillingType) -> None:
        if f"s-{which}" not in self.world.subscriptions:
            customer = pick(sorted(self.world.customers), owner)
            self.world.subscription(f"s-{which}", customer or "c-0", billing_type=kind)

    @rule(which=WHICH, quantity=st.integers(0, 20), status=st.sampled_from(SubscriptionStatus))
    def the_provider_changes_a_subscription(
        self, which: int, quantity: int, status: SubscriptionStatus
    ) -> None:
        if f"s-{which}" in self.world.subscriptions:
            self.world.change(
                f"s-{which}", quantity=quantity, status=status, provider_status=status.value
            )

    @rule(which=WHICH)
    def the_provider_loses_a_subscription(self, which: int) -> None:
        self.world.subscriptions.pop(f"s-{which}", None)

    @rule()
    def the_agent_syncs(self) -> None:
        self.lab.sync()

    # What the agent's own users do.

    @rule(is_on=st.booleans())
    def a_caller_switches_landing(self, *, is_on: bool) -> None:
        self.lab.switch(associate_default_billing_contract=is_on)

    @rule(which=WHICH, is_default=st.booleans())
    def a_caller_flags_a_contract(self, which: int, *, is_default: bool) -> None:
        contract = pick(self.held(CrmNoun.BILLING_CONTRACT), which)
        wish = DefaultWish(is_default=is_default, replace_existing=True)
        if contract:
            with suppress(Refusal):
                self.office.contracts.set_default(LOCAL, contract, wish)

    @rule(which=WHICH)
    def a_caller_adds_a_contract(self, which: int) -> None:
        account = pick(self.held(CrmNoun.ACCOUNT), which)
        if account:
            self.office.contracts.create(LOCAL, NewContract(account, "Made here"))

    @rule(which=WHICH, account=MAYBE)
    def a_caller_maps_a_provider_account(self, which: int, account: int | None) -> None:
        customer = pick(self.held(CrmNoun.PROVIDER_ACCOUNT), which)
        if customer:
            target = pick(self.held(CrmNoun.ACCOUNT), account)
            with suppress(Refusal):
                self.office.mappings.map(LOCAL, customer, target)

    @rule(which=WHICH, contract=MAYBE)
    def a_caller_moves_a_subscription(self, which: int, contract: int | None) -> None:
        subscription = pick(self.held(CrmNoun.SUBSCRIPTION), which)
        if subscription:
            target = pick(self.held(CrmNoun.BILLING_CONTRACT), contract)
            with suppress(Refusal):
                self.office.assignments.assign(LOCAL, [subscription], target)

    @rule(which=WHICH)
    def a_caller_adds_a_manual_subscription(self, which: int) -> None:
        contract = pick(self.held(CrmNoun.BILLING_CONTRACT), which)
        if contract:
            with suppress(Refusal):
                self.office.manual.create(LOCAL, NewSubscription(contract, "By hand", which))

    # What is said in quiet, by either side, stays said.

    @rule(which=WHICH, contract=MAYBE, is_here=st.booleans(), is_priced=st.booleans())
    def a_subscription_is_moved_in_quiet(
        self, which: int, contract: int | None, *, is_here: bool, is_priced: bool
    ) -> None:
        self.come_to_rest()
        subscription = pick(self.held(CrmNoun.SUBSCRIPTION), which)
        target = pick(self.contracts_for(subscription), contract)
        if subscription and self.move(subscription, target, is_here=is_here):
            if is_priced:
                # What a user changes beside it must not undo what a caller said.
                self.a_user_prices(subscription, Decimal(which))
            self.take_turns()
            held = self.values(CrmNoun.SUBSCRIPTION)[subscription]
            assert held["billing_contract_id"] == target

    def contracts_for(self, subscription: UUID | None) -> list[UUID]:
        """Return the contracts of a subscription's account."""
        if subscription is None:
            return []
        account = self.values(CrmNoun.SUBSCRIPTION)[subscription]["account_id"]
        held = self.values(CrmNoun.BILLING_CONTRACT)
        return [one for one, values in held.items() if values["account_id"] == account]

    def move(self, subscription: UUID, target: UUID | None, *, is_here: bool) -> bool:
        """Move a subscription here or in the CRM; return whether the rules allow it."""
        if not is_here:
            self.side.edit(CrmNoun.SUBSCRIPTION, subscription, billing_contract_id=target)
            return True
        try:
            self.office.assignments.assign(LOCAL, [subscription], target)
        except Refusal:
            return False
        return True

    @rule(which=WHICH, account=MAYBE, is_here=st.booleans())
    def a_provider_account_is_mapped_in_quiet(
        self, which: int, account: int | None, *, is_here: bool
    ) -> None:
        self.come_to_rest()
        customer = pick(self.customers(), which)
        target = pick(self.held(CrmNoun.ACCOUNT), account)
        if customer is None:
            return
        if is_here:
            self.office.mappings.map(LOCAL, customer, target)
        else:
            self.side.edit(CrmNoun.PROVIDER_ACCOUNT, customer, account_id=target)
        self.take_turns()
        assert self.values(CrmNoun.PROVIDER_ACCOUNT)[customer]["account_id"] == target
        owned = self.values(CrmNoun.SUBSCRIPTION).values()
        assert all(one["account_id"] == target for one in self.followers(owned, customer))

    def customers(self) -> list[UUID]:
        """Return the provider accounts that may be mapped."""
        held = self.values(CrmNoun.PROVIDER_ACCOUNT)
        return [one for one, values in held.items() if values["provider_key"] == "lab"]

    def followers(
        self, subscriptions: Iterable[dict[str, CrmValue]], customer: UUID
    ) -> list[dict[str, CrmValue]]:
        """Return the subscriptions that follow the mapping of a provider account."""
        return [one for one in subscriptions if one["provider_account_id"] == customer]

    # The exchange, and what befalls it.

    @rule(calls=CALLS)
    def the_agent_pulls(self, calls: tuple[int, bool] | None) -> None:
        self.turn("pull", calls)

    @rule(calls=CALLS)
    def the_agent_pushes(self, calls: tuple[int, bool] | None) -> None:
        self.turn("push", calls)

    @rule(times=st.integers(1, 3))
    def answers_get_lost(self, times: int) -> None:
        self.side.lose_answers(times)

    @rule(times=st.integers(1, 3))
    def the_crm_refuses_records(self, times: int) -> None:
        self.side.refuse(times)

    @rule()
    def the_crm_is_away(self) -> None:
        with self.side.away():
            self.turn("pull", None)
            self.turn("push", None)
