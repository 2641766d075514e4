"""Moving subscriptions by hand, and their prices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from seatsync.domain.change import FieldChange
from seatsync.domain.contract import ContractStatus
from seatsync.domain.ids import new_id
from seatsync.domain.money import Money
from seatsync.domain.roles import LOCAL, Caller, Role
from seatsync.domain.subscription import UnassignedReason
from seatsync.errors import Forbidden, Refusal
from seatsync.services.contract_changes import ContractEdit

if TYPE_CHECKING:
    from uuid import UUID

    from back_office import BackOffice
    from seatsync.domain.account import Account
    from seatsync.domain.contract import BillingContract


@pytest.fixture
def account(office: BackOffice) -> Account:
    return office.account()


@pytest.fixture
def contract(office: BackOffice, account: Account) -> BillingContract:
    return office.contract(account)


@pytest.fixture
def customer(office: BackOffice, account: Account) -> UUID:
    office.provider()
    return office.customer("c-1", account)


def waiting(office: BackOffice, customer: UUID, account: Account, name: str = "s-1") -> UUID:
    """Add a subscription of the account that is on no contract."""
    return office.subscription(
        customer, name, account_id=account.id, unassigned_reason="NO_DEFAULT_CONTRACT"
    )


def test_subscriptions_are_put_on_a_contract_of_their_account(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    ids = [waiting(office, customer, account, name) for name in ("s-1", "s-2")]
    moved = office.assignments.assign(LOCAL, ids, contract.id)
    assert [one.id for one in moved] == ids
    for one in ids:
        found = office.found_subscription(one)
        assert found.billing_contract_id == contract.id
        assert found.unassigned_reason is None


def test_a_move_is_in_the_audit_log_one_entry_a_subscription(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    caller = Caller("dana", frozenset({Role.BILLING}))
    office.assignments.assign(caller, [one], contract.id)
    [entry] = office.audited("assignSubscriptions")
    assert (entry.actor, entry.target_id) == ("dana", one)
    assert entry.field_changes == (
        FieldChange("billingContract", None, str(contract.id)),
        FieldChange("unassignedReason", "NO_DEFAULT_CONTRACT", None),
    )


def test_a_move_changes_nothing_that_the_provider_owns(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    before = office.rows("SELECT name, quantity, status, last_synced_at FROM subscription")
    office.assignments.assign(LOCAL, [one], contract.id)
    after = office.rows("SELECT name, quantity, status, last_synced_at FROM subscription")
    assert before == after


def test_taking_a_subscription_off_its_contract_says_that_a_user_did(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    office.assignments.assign(LOCAL, [one], contract.id)
    [found] = office.assignments.assign(LOCAL, [one], None)
    assert found.billing_contract_id is None
    assert found.unassigned_reason is UnassignedReason.UNASSIGNED_BY_USER
    assert found.account_id == account.id


def test_taking_off_what_is_on_no_contract_keeps_its_reason(
    office: BackOffice, account: Account, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    [found] = office.assignments.assign(LOCAL, [one], None)
    assert found.unassigned_reason is UnassignedReason.NO_DEFAULT_CONTRACT
    assert office.audited("assignSubscriptions") == []


def test_a_move_onto_the_same_contract_writes_nothing(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    office.assignments.assign(LOCAL, [one, one], contract.id)
    office.assignments.assign(LOCAL, [one], contract.id)
    assert len(office.audited("assignSubscriptions")) == 1


def test_the_contract_of_a_move_must_be_active(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    office.contracts.update(LOCAL, contract.id, ContractEdit(status=ContractStatus.INACTIVE))
    with pytest.raises(Refusal) as refused:
        office.assignments.assign(LOCAL, [one], contract.id)
    assert (refused.value.code, refused.value.path) == (
        "CONTRACT_INACTIVE",
        ("billingContractId",),
    )


def test_a_move_to_another_account_is_refused_and_moves_none(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    mine = waiting(office, customer, account, "s-1")
    other = office.account("Birch Foods")
    theirs = waiting(office, office.customer("c-2", other), other, "s-2")
    with pytest.raises(Refusal) as refused:
        office.assignments.assign(LOCAL, [mine, theirs], contract.id)
    assert (refused.value.code, refused.value.path) == (
        "ACCOUNT_MISMATCH",
        ("subscriptionIds", "1"),
    )
    assert office.found_subscription(mine).billing_contract_id is None
    assert office.audited("assignSubscriptions") == []


def test_what_belongs_to_no_account_yet_is_not_moved(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    one = office.subscription(office.customer("c-2"), unassigned_reason="SETTING_DISABLED")
    with pytest.raises(Refusal) as refused:
        office.assignments.assign(LOCAL, [one], contract.id)
    assert refused.value.code == "ACCOUNT_MISMATCH"


def test_a_move_to_the_account_that_the_provider_account_maps_to_takes_the_account_along(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    former = office.account("Birch Foods")
    one = waiting(office, customer, former)
    [moved] = office.assignments.assign(LOCAL, [one], contract.id)
    assert (moved.account_id, moved.billing_contract_id) == (account.id, contract.id)


@pytest.mark.parametrize("is_told", [True, False])
def test_an_invoice_of_the_old_account_forbids_the_move(
    office: BackOffice,
    account: Account,
    contract: BillingContract,
    customer: UUID,
    *,
    is_told: bool,
) -> None:
    former = office.account("Birch Foods")
    one = waiting(office, customer, former)
    office.license_change(one, "INV-17", former.id if is_told else None)
    with pytest.raises(Refusal) as refused:
        office.assignments.assign(LOCAL, [one], contract.id)
    assert (refused.value.code, refused.value.path) == (
        "INVOICE_REFERENCE_CONFLICT",
        ("subscriptionIds", "0"),
    )
    assert office.found_subscription(one).billing_contract_id is None


def test_an_invoice_of_the_same_account_is_no_obstacle(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    office.license_change(one, "INV-17", account.id)
    [moved] = office.assignments.assign(LOCAL, [one], contract.id)
    assert moved.billing_contract_id == contract.id


def test_an_unknown_subscription_is_not_found_and_none_is_moved(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    with pytest.raises(Refusal) as refused:
        office.assignments.assign(LOCAL, [one, new_id()], contract.id)
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("subscriptionIds", "1"))
    assert office.found_subscription(one).billing_contract_id is None


def test_an_unknown_contract_of_a_move_is_not_found(
    office: BackOffice, account: Account, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    with pytest.raises(Refusal) as refused:
        office.assignments.assign(LOCAL, [one], new_id())
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("billingContractId",))


def test_more_subscriptions_than_a_statement_takes_are_refused(
    office: BackOffice, contract: BillingContract
) -> None:
    with pytest.raises(Refusal) as refused:
        office.assignments.assign(LOCAL, [new_id() for _ in range(10_001)], contract.id)
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", ("subscriptionIds",))
    with pytest.raises(Refusal) as refused:
        office.assignments.assign(LOCAL, [new_id() for _ in range(10_000)], contract.id)
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("subscriptionIds", "0"))


def test_moves_at_once_end_on_one_contract_with_a_whole_audit_log(
    office: BackOffice, account: Account, customer: UUID
) -> None:
    ids = [waiting(office, customer, account, f"s-{n}") for n in range(6)]
    contracts = [office.contract(account, f"Contract {n}") for n in range(3)]
    start = Barrier(len(contracts))

    def move(contract: BillingContract) -> None:
        start.wait()
        try:
            office.assignments.assign(LOCAL, ids[::-1], contract.id)
        finally:
            office.mirror.close()

    with ThreadPoolExecutor(len(contracts)) as pool:
        list(pool.map(move, contracts))
    [last] = {office.found_subscription(one).billing_contract_id for one in ids}
    for one in ids:
        steps = [
            next(change for change in entry.field_changes if change.field == "billingContract")
            for entry in office.audited("assignSubscriptions")
            if entry.target_id == one
        ]
        chain = {step.old: step.new for step in steps}
        place = None
        for _ in contracts:
            place = chain[place]
        assert place == str(last)


def test_a_price_is_set_on_all_and_audited_where_it_changed(
    office: BackOffice, account: Account, customer: UUID
) -> None:
    ids = [waiting(office, customer, account, name) for name in ("s-1", "s-2")]
    office.assignments.set_price(LOCAL, ids[:1], Decimal("27.50"), "USD")
    priced = office.assignments.set_price(LOCAL, ids, Decimal("27.500"), "USD")
    assert [one.unit_price for one in priced] == [Money(Decimal("27.5"), "USD")] * 2
    assert [
        (entry.target_id, entry.field_changes) for entry in office.audited("setSubscriptionPrice")
    ] == [(one, (FieldChange("unitPrice", None, "27.5 USD"),)) for one in ids]


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1000000000", "0.0000001"])
def test_an_amount_that_cannot_be_kept_is_refused(
    office: BackOffice, account: Account, customer: UUID, amount: str
) -> None:
    one = waiting(office, customer, account)
    with pytest.raises(Refusal) as refused:
        office.assignments.set_price(LOCAL, [one], Decimal(amount), "USD")
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", ("amount",))
    assert office.found_subscription(one).unit_price is None


def test_a_price_for_an_unknown_subscription_is_refused_for_all(
    office: BackOffice, account: Account, customer: UUID
) -> None:
    one = waiting(office, customer, account)
    with pytest.raises(Refusal) as refused:
        office.assignments.set_price(LOCAL, [one, new_id()], Decimal(1), "USD")
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("subscriptionIds", "1"))
    assert office.found_subscription(one).unit_price is None


def test_only_billing_may_move_and_price(office: BackOffice) -> None:
    caller = Caller("dana", frozenset({Role.PROVISIONING}))
    with pytest.raises(Forbidden, match="BILLING"):
        office.assignments.assign(caller, [], None)
    with pytest.raises(Forbidden, match="BILLING"):
        office.assignments.set_price(caller, [], Decimal(1), "USD")
