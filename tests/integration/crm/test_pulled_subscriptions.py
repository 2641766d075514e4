"""What happens to the agent's own records: provider accounts, subscriptions, license changes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id
from seatsync.domain.money import Money
from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import UnassignedReason
from seatsync.mirror.outbox import Operation, note_changed
from seatsync.services.setting_changes import SettingEdit

if TYPE_CHECKING:
    from uuid import UUID

    from reader_of_crm import ReaderOfCrm

ACCOUNT, CONTRACT = CrmNoun.ACCOUNT, CrmNoun.BILLING_CONTRACT
CUSTOMER, SUBSCRIPTION = CrmNoun.PROVIDER_ACCOUNT, CrmNoun.SUBSCRIPTION
LICENSE_CHANGE = CrmNoun.LICENSE_CHANGE
WHO = "Mira Holt"


@pytest.fixture
def account(crm: ReaderOfCrm) -> UUID:
    return crm.account()


@pytest.fixture
def contract(crm: ReaderOfCrm, account: UUID) -> UUID:
    return crm.contract(account)


@pytest.fixture
def customer(crm: ReaderOfCrm, account: UUID) -> UUID:
    return crm.customer(account_id=account)


@pytest.fixture
def one(crm: ReaderOfCrm, customer: UUID, account: UUID) -> UUID:
    """Give a subscription that both have."""
    subscription = crm.subscription(customer, account_id=account)
    crm.license_change(subscription)
    crm.pull()
    assert crm.told() == 0
    return subscription


# The agent's word.


def test_what_a_user_writes_where_the_agent_does_is_put_right(crm: ReaderOfCrm, one: UUID) -> None:
    crm.crm.edit(SUBSCRIPTION, one, quantity=99, name="Mine", provider_account_id=None)
    summary = crm.pull()
    assert (summary.put_back, summary.taken_over) == (1, 0)
    assert crm.office.found_subscription(one).quantity == 10
    pending = crm.pending(SUBSCRIPTION, one)
    assert pending is not None
    assert pending.operation is Operation.UPDATE
    assert pending.fields == {"quantity", "name", "provider_account_id"}
    assert crm.audited() == []


def test_a_part_of_a_second_is_no_difference(crm: ReaderOfCrm, customer: UUID, one: UUID) -> None:
    with crm.mirror.writing():
        crm.mirror.execute(
            "UPDATE subscription SET discovered_at = :at",
            {"at": crm.office.clock.now().replace(microsecond=250_000)},
        )
    crm.crm.edit(SUBSCRIPTION, one, by=crm.crm.agent_user)
    crm.pull()
    assert crm.told() == 0


def test_what_waits_for_the_crm_stays_until_it_is_there(crm: ReaderOfCrm, one: UUID) -> None:
    _set_quantity(crm, one, 12)
    crm.crm.edit(SUBSCRIPTION, one, quantity=11)
    crm.pull()
    pending = crm.pending(SUBSCRIPTION, one)
    assert pending is not None
    assert pending.fields == {"quantity"}
    crm.crm.edit(SUBSCRIPTION, one, quantity=12)
    crm.pull()
    assert crm.told() == 0


def test_our_own_echo_is_recognised(crm: ReaderOfCrm, one: UUID) -> None:
    record = crm.crm.held(SUBSCRIPTION, one)
    assert record is not None
    crm.crm.edit(SUBSCRIPTION, one, by=crm.crm.agent_user, quantity=11)
    written = crm.crm.held(SUBSCRIPTION, one)
    assert written is not None
    with crm.mirror.writing():
        crm.mirror.execute(
            "UPDATE crm_row SET version = :version WHERE record_id = :id",
            {"version": written.version, "id": one},
        )
    assert not crm.pull().has_changed
    assert crm.told() == 0


@pytest.mark.parametrize("noun", [CUSTOMER, SUBSCRIPTION, LICENSE_CHANGE])
def test_what_is_the_agents_is_put_back_when_it_is_deleted(
    crm: ReaderOfCrm, one: UUID, noun: CrmNoun
) -> None:
    [record] = crm.ids(noun)
    crm.crm.delete(noun, record, unlinks=False)
    assert crm.pull().put_back == 1
    pending = crm.pending(noun, record)
    assert pending is not None
    assert pending.operation is Operation.CREATE
    assert crm.ids(noun) == {record}


# Mapping.


def test_a_mapping_in_the_crm_is_followed_as_one_over_the_api(
    crm: ReaderOfCrm, account: UUID
) -> None:
    contract = crm.contract(account, is_default=True)
    crm.office.settings.update(LOCAL, SettingEdit(associate_default_billing_contract=True))
    crm.office.clock.move(hours=1)
    customer = crm.customer()
    one = crm.subscription(customer, unassigned_reason="PROVIDER_ACCOUNT_UNMAPPED")
    crm.pull()
    before = len(crm.audited())
    crm.crm.edit(CUSTOMER, customer, account_id=account)
    crm.pull()
    assert crm.office.found_customer(customer).account_id == account
    found = crm.office.found_subscription(one)
    assert (found.account_id, found.billing_contract_id) == (account, contract)
    assert found.unassigned_reason is None
    assert crm.audited()[before:] == [
        (WHO, "mapProviderAccount", customer, {"account": (None, str(account))}),
        (
            WHO,
            "mapProviderAccount",
            one,
            {
                "account": (None, str(account)),
                "billingContract": (None, str(contract)),
                "unassignedReason": ("PROVIDER_ACCOUNT_UNMAPPED", None),
            },
        ),
    ]
    assert crm.pending(CUSTOMER, customer) is None
    pending = crm.pending(SUBSCRIPTION, one)
    assert pending is not None
    assert pending.fields == {"account_id", "billing_contract_id", "unassigned_reason"}
    assert pending.bases == {"account_id": (None,), "billing_contract_id": (None,)}


def test_unmapping_in_the_crm_touches_no_contract(
    crm: ReaderOfCrm, one: UUID, account: UUID, customer: UUID
) -> None:
    contract = crm.contract(account)
    crm.crm.edit(SUBSCRIPTION, one, billing_contract_id=contract)
    crm.pull()
    crm.crm.edit(CUSTOMER, customer, account_id=None)
    crm.pull()
    found = crm.office.found_subscription(one)
    assert (found.account_id, found.billing_contract_id) == (None, contract)


# Assignments and prices.


def test_a_contract_set_in_the_crm_takes_the_reason_away(
    crm: ReaderOfCrm, one: UUID, account: UUID
) -> None:
    contract = crm.contract(account)
    crm.crm.edit(SUBSCRIPTION, one, billing_contract_id=contract)
    crm.pull()
    found = crm.office.found_subscription(one)
    assert (found.billing_contract_id, found.unassigned_reason) == (contract, None)
    assert crm.audited()[-1] == (
        WHO,
        "assignSubscriptions",
        one,
        {
            "billingContract": (None, str(contract)),
            "unassignedReason": ("SETTING_DISABLED", None),
        },
    )
    pending = crm.pending(SUBSCRIPTION, one)
    assert pending is not None
    assert pending.fields == {"unassigned_reason"}


def test_a_contract_cleared_in_the_crm_was_taken_away_by_a_user(
    crm: ReaderOfCrm, one: UUID, account: UUID
) -> None:
    crm.crm.edit(SUBSCRIPTION, one, billing_contract_id=crm.contract(account))
    crm.pull()
    crm.crm.edit(SUBSCRIPTION, one, billing_contract_id=None)
    crm.pull()
    found = crm.office.found_subscription(one)
    assert found.billing_contract_id is None
    assert found.unassigned_reason is UnassignedReason.UNASSIGNED_BY_USER


def test_an_account_set_in_the_crm_is_taken_over(crm: ReaderOfCrm, one: UUID) -> None:
    other = crm.account("Birch Foods")
    crm.crm.edit(SUBSCRIPTION, one, account_id=other)
    crm.pull()
    assert crm.office.found_subscription(one).account_id == other


@pytest.mark.parametrize(
    ("amount", "currency", "price"),
    [
        (Decimal("12.50"), "usd", Money(Decimal("12.5"), "USD")),
        (Decimal(12), None, Money(Decimal(12), "EUR")),
        (None, "USD", None),
        (Decimal(-1), "USD", None),
        (Decimal(10) ** 10, "USD", None),
    ],
)
def test_a_price_of_the_crm_is_in_its_currency_else_in_the_contracts(
    crm: ReaderOfCrm,
    one: UUID,
    contract: UUID,
    amount: Decimal | None,
    currency: str | None,
    price: Money | None,
) -> None:
    crm.crm.edit(SUBSCRIPTION, one, billing_contract_id=contract)
    crm.pull()
    before = len(crm.audited())
    crm.crm.edit(SUBSCRIPTION, one, unit_price_amount=amount, unit_price_currency=currency)
    crm.pull()
    assert crm.office.found_subscription(one).unit_price == price
    changes = [(action, changed) for _, action, _, changed in crm.audited()[before:]]
    expected = [("setSubscriptionPrice", {"unitPrice": (None, str(price))})] if price else []
    assert changes == expected


def test_a_price_without_any_currency_is_none(crm: ReaderOfCrm, one: UUID) -> None:
    crm.crm.edit(SUBSCRIPTION, one, unit_price_amount=Decimal(4))
    crm.pull()
    assert crm.office.found_subscription(one).unit_price is None


def test_an_invoice_is_taken_over_with_whom_it_was_made_to(
    crm: ReaderOfCrm, one: UUID, account: UUID
) -> None:
    [change] = crm.ids(LICENSE_CHANGE)
    crm.crm.edit(LICENSE_CHANGE, change, invoice_reference="I-1")
    crm.pull()
    other = crm.account("Birch Foods")
    crm.crm.edit(SUBSCRIPTION, one, account_id=other)
    crm.pull()
    [[payer]] = crm.office.rows(
        "SELECT a.name FROM license_change l JOIN account a ON a.id = l.invoice_account_id"
    )
    assert payer == "Aster Mills"
    assert crm.audited()[0] == (
        WHO,
        "setInvoiceReference",
        change,
        {"invoiceReference": (None, "I-1")},
    )
    crm.crm.edit(LICENSE_CHANGE, change, invoice_reference=None)
    crm.pull()
    assert crm.office.rows("SELECT invoice_reference, invoice_account_id FROM license_change") == [
        (None, None)
    ]


# References.


def test_what_a_record_refers_to_is_fetched_first(crm: ReaderOfCrm, one: UUID) -> None:
    late = {"account": new_id(), "contract": new_id()}

    def arrive() -> None:
        crm.crm.add(ACCOUNT, late["account"], name="Late")
        crm.crm.add(CONTRACT, late["contract"], name="Late", account_id=late["account"])
        crm.crm.edit(SUBSCRIPTION, one, billing_contract_id=late["contract"])

    crm.crm.before_reading[SUBSCRIPTION] = arrive
    crm.pull()
    assert crm.office.found_subscription(one).billing_contract_id == late["contract"]
    assert crm.office.found_contract(late["contract"]).account_id == late["account"]


def test_a_reference_to_what_is_gone_is_none(crm: ReaderOfCrm, one: UUID, account: UUID) -> None:
    contract = crm.contract(account)
    crm.crm.edit(SUBSCRIPTION, one, billing_contract_id=contract)
    crm.crm.delete(CONTRACT, contract, unlinks=False)
    crm.pull()
    found = crm.office.found_subscription(one)
    assert found.billing_contract_id is None
    assert found.unassigned_reason is UnassignedReason.SETTING_DISABLED


def test_a_record_that_cannot_be_read_stays_as_it_is(crm: ReaderOfCrm, one: UUID) -> None:
    crm.crm.mar(SUBSCRIPTION, one)
    summary = crm.pull()
    assert (summary.unreadable, summary.has_changed) == (1, False)
    crm.crm.expire_marks()
    assert crm.pull().unreadable == 1
    assert (crm.ids(SUBSCRIPTION), crm.told()) == ({one}, 0)


def _set_quantity(crm: ReaderOfCrm, one: UUID, quantity: int) -> None:
    with crm.mirror.writing():
        note_changed(crm.mirror, SUBSCRIPTION, {one: ("quantity",)}, crm.office.clock.now())
        crm.mirror.execute("UPDATE subscription SET quantity = :q", {"q": quantity})
