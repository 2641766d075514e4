"""A mirror, its CRM and its provider, to whom anything may happen; and that they agree at rest."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from crm_sides import Killed, Mortal, everything
from lab import World
from laboratory import Laboratory, emptied
from seatsync.crm.exchange import CrmExchange
from seatsync.domain.billing import BillingType
from seatsync.domain.contract import ContractStatus
from seatsync.domain.crm import CrmNoun
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.ownership import FIELDS
from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import PassingFault, Refusal
from seatsync.jobs.handler import no_progress
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.crm_values import record_values
from seatsync.services.contract_changes import NewContract
from seatsync.services.manual_subscriptions import NewSubscription

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from crm_sides import CrmSide
    from seatsync.domain.change_request import ChangeRequest
    from seatsync.domain.crm import CrmValue
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Control
    from seatsync.sdk.crm import CrmConnection

T = TypeVar("T")

ROUNDS = 8
"""In so many turns both sides must have come to rest, whatever happened before."""

NOUNS: list[CrmNoun] = [noun for noun in CrmNoun if noun is not CrmNoun.CHANGE_REQUEST]
WHICH = st.integers(0, 7)
MAYBE = st.none() | WHICH
TYPES = st.none() | st.sampled_from(BillingType)
CALLS = st.none() | st.tuples(st.integers(1, 6), st.booleans())


def pick(among: Sequence[T], which: int | None) -> T | None:
    """Return one of several, or None."""
    return among[which % len(among)] if among and which is not None else None


class Converging(RuleBasedStateMachine):
    """Anything that users, providers, the network and the operating system may do."""

    mirror: Mirror
    """Given by the test, migrated; it is emptied."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(scans=True)
        for which in range(3):
            self.world.customer(f"c-{which}", domain=f"a{which}.example")
            self.world.subscription(f"s-{which}", f"c-{which}")
        self.lab = Laboratory(emptied(self.mirror), self.world)
        self.mirror.feeds_crm = True
        self.office = self.lab.office
        self.side = self.make_side()
        for which in range(2):
            self.a_user_adds_an_account(which)
        for which in range(3):
            self.a_user_adds_a_contract(which, is_default=which < 2, default_for=None)
        self.exchange = self.open_exchange(None)

    @initialize(turns=st.integers(0, 3), landing=st.booleans())
    def some_turns_are_taken(self, turns: int, *, landing: bool) -> None:
        """Begin before the first read, or after some; with landing switched on, or off."""
        self.lab.switch(associate_default_billing_contract=landing, provider_account_match=True)
        for _ in range(turns):
            self.the_agent_pulls(None)
            self.take_turns()

    def make_side(self) -> CrmSide:
        """Make the CRM of one run."""
        raise NotImplementedError

    def restart(self) -> None:
        """Begin anew, as a process does; what is in the database is all that is left."""
        self.exchange.close()
        self.exchange = self.open_exchange(None)

    def open_exchange(self, calls: tuple[int, bool] | None) -> CrmExchange:
        def connect(control: Control) -> CrmConnection:
            crm = self.side.connect(control)
            return Mortal(crm, calls[0], is_after=calls[1]) if calls else crm

        return CrmExchange(self.mirror, self.lab.locks, self.lab.clock, connect, NoDesk())

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

    def turn(self, name: str, calls: tuple[int, bool] | None) -> None:
        """Take one turn, which may end in any way."""
        exchange = self.open_exchange(calls) if calls else self.exchange
        with suppress(PassingFault, Killed):
            getattr(exchange, name)(self.side.control(), no_progress)
        if calls:
            exchange.close()
            self.restart()

    def held(self, noun: CrmNoun) -> list[UUID]:
        """Return which records the mirror has, the oldest first."""
        return list(self.values(noun))

    def values(self, noun: CrmNoun) -> dict[UUID, dict[str, CrmValue]]:
        """Return the mirror's records as the CRM would see them."""
        with self.mirror.reading():
            rows = self.mirror.rows(f"SELECT id FROM {noun} ORDER BY rowid")  # noqa: S608
            ids = [decode_uuid(row[0]) for row in rows]
            held = record_values(self.mirror, noun, ids)
            return {one: held[one] for one in ids}

    # At rest.

    def teardown(self) -> None:
        try:
            self.come_to_rest()
            self.require_agreement()
            self.require_rest()
        finally:
            self.exchange.close()
            self.mirror.feeds_crm = False

    def come_to_rest(self) -> None:
        """Let nothing go wrong any more, and take turns until nothing changes."""
        self.side.calm_down()
        for _ in range(ROUNDS):
            before = self.side.changes_made(), self.lab.dump()
            self.take_turns()
            if (self.side.changes_made(), self.lab.dump()) == before:
                return
        message = f"no rest after {ROUNDS} rounds"
        raise AssertionError(message)

    def take_turns(self) -> None:
        """Sync, pull and push, two hours later: what was put off is due by then."""
        self.lab.clock.move(hours=2)
        self.lab.sync()
        self.exchange.pull(self.side.control(), no_progress)
        self.exchange.push(self.side.control(), no_progress)

    def require_agreement(self) -> None:
        """Fail unless mirror and CRM hold the same, field by field, and the provider's seats."""
        with self.side.connect(self.side.control()) as crm:
            self.require_the_same(crm)
        self.require_seats()

    def require_the_same(self, crm: CrmConnection) -> None:
        """Fail unless both have the same records, with the same values."""
        mirrored: dict[CrmNoun, dict[UUID, Any]] = {noun: self.values(noun) for noun in NOUNS}
        for noun in NOUNS:
            shown = {
                one: seen(dict(record.values), noun, mirrored)
                for one, record in everything(crm, noun).items()
            }
            if noun is CrmNoun.BILLING_CONTRACT:
                shown = {one: values for one, values in shown.items() if values["account_id"]}
            told = {one: dict(crm.kept(noun, values)) for one, values in mirrored[noun].items()}
            assert shown == told, noun

    def require_seats(self) -> None:
        """Fail unless the license changes add up, and the provider's seats are those here."""
        assert self.lab.mismatches() == []
        rows = self.lab.rows(
            "SELECT external_id, quantity FROM subscription"
            " WHERE provider_key = 'lab' AND missing_since IS NULL"
        )
        held = dict(rows)
        for external_id, record in self.world.subscriptions.items():
            assert held.get(external_id) == record.canonical().quantity

    def require_rest(self) -> None:
        """Fail if a further round writes anything, on either side."""
        before = self.side.changes_made(), self.lab.dump()
        self.take_turns()
        assert (self.side.changes_made(), self.lab.dump()) == before
        assert self.lab.rows("SELECT noun, record_id, last_error FROM crm_outbox") == []


class NoDesk:
    """Nobody asks for anything."""

    def sync(self, request: ChangeRequest, subscription_ids: tuple[UUID, ...]) -> UUID:
        raise NotImplementedError(request, subscription_ids)

    def set_default(self, request: ChangeRequest) -> str:
        raise NotImplementedError(request)

    def map(self, request: ChangeRequest) -> str:
        raise NotImplementedError(request)

    def ending(self, job_id: UUID) -> None:
        raise NotImplementedError(job_id)


def seen(
    values: dict[str, CrmValue], noun: CrmNoun, mirrored: dict[CrmNoun, dict[UUID, Any]]
) -> dict[str, CrmValue]:
    """Return a CRM's values; what cannot be mirrored, such as nobody's contract, is no target."""
    for field in FIELDS[noun]:
        target = field.refers_to
        if target and values[field.name] not in mirrored[target]:
            values[field.name] = None
    return values
