"""A mirror that was lost is rebuilt from the CRM, but for what the agent did not make."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id, provider_account_id
from seatsync.domain.money import Money
from seatsync.domain.subscription import UnassignedReason

if TYPE_CHECKING:
    from uuid import UUID

    from reader_of_crm import ReaderOfCrm

CUSTOMER, SUBSCRIPTION = CrmNoun.PROVIDER_ACCOUNT, CrmNoun.SUBSCRIPTION
LICENSE_CHANGE = CrmNoun.LICENSE_CHANGE


@pytest.fixture
def account(crm: ReaderOfCrm) -> UUID:
    return crm.account()


@pytest.fixture
def contract(crm: ReaderOfCrm, account: UUID) -> UUID:
    return crm.contract(account)


@pytest.fixture
def customer(crm: ReaderOfCrm, account: UUID) -> UUID:
    return crm.customer(account_id=account)


def test_a_mirror_that_was_lost_is_rebuilt_from_the_crm(
    crm: ReaderOfCrm, account: UUID, contract: UUID, customer: UUID
) -> None:
    one = crm.subscription(
        customer,
        account_id=account,
        billing_contract_id=contract,
        unassigned_reason=None,
        term="P1Y",
        unit_cost_amount=Decimal("4.25"),
        unit_cost_currency="USD",
        unit_price_amount=Decimal("5.5"),
        unit_price_currency="EUR",
        auto_renew=True,
        starts_at=crm.office.clock.now(),
    )
    change = crm.license_change(one, invoice_reference="I-7")
    assert not crm.pull().left_alone
    for noun, record in (
        (CUSTOMER, customer),
        (SUBSCRIPTION, one),
        (LICENSE_CHANGE, change),
    ):
        assert crm.agrees(noun, record)
    assert crm.told() == 0
    found = crm.office.found_subscription(one)
    assert (found.unit_price, found.unit_cost) == (
        Money(Decimal("5.5"), "EUR"),
        Money(Decimal("4.25"), "USD"),
    )
    assert crm.office.rows("SELECT key, is_configured FROM provider") in (
        [("px", False)],
        [("px", 0)],
    )
    [[payer]] = crm.office.rows("SELECT invoice_account_id FROM license_change")
    assert payer is not None


def test_a_provider_that_is_configured_stays_so(crm: ReaderOfCrm) -> None:
    crm.office.provider("px")
    crm.customer()
    crm.pull()
    assert crm.office.rows("SELECT display_name FROM provider WHERE is_configured") == [("PX",)]


def test_what_is_kept_by_hand_is_adopted_under_its_own_id(crm: ReaderOfCrm, account: UUID) -> None:
    by_hand = provider_account_id("manual", str(account))
    crm.crm.add(
        CUSTOMER, by_hand, provider_key="manual", external_id=str(account), account_id=account
    )
    one = new_id()
    crm.crm.add(
        SUBSCRIPTION,
        one,
        provider_key="manual",
        external_id=str(one),
        provider_account_id=by_hand,
        name="Support",
        quantity=3,
        status="ACTIVE",
    )
    crm.pull()
    assert not crm.office.found_customer(by_hand).sync_enabled
    assert crm.office.rows("SELECT display_name FROM provider") == [("Manual",)]
    assert crm.office.found_subscription(one).quantity == 3


@pytest.mark.parametrize(
    "flaw",
    [
        {"provider_key": None},
        {"external_id": None},
        {"external_id": "other"},
        {"provider_account_id": None},
        {"quantity": None},
        {"name": " "},
    ],
)
def test_what_a_user_made_by_hand_is_left_alone(
    crm: ReaderOfCrm, customer: UUID, flaw: dict[str, Any]
) -> None:
    one = crm.subscription(customer)
    crm.crm.edit(SUBSCRIPTION, one, **flaw)
    assert crm.pull().left_alone == 1
    assert (crm.ids(SUBSCRIPTION), crm.told()) == (set(), 0)


def test_what_is_left_alone_is_said_once(
    crm: ReaderOfCrm, customer: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(8):
        crm.subscription(customer, f"s-{number}", quantity=None)
    crm.crm.page_size = 100
    crm.pull()
    [line] = [one.getMessage() for one in caplog.records if "left alone in" in one.getMessage()]
    assert "it has no quantity" in line
    assert line.endswith("and 3 more")
    caplog.clear()
    crm.pull()
    assert "left alone in" not in caplog.text


def test_an_adopted_subscription_on_no_contract_says_why(crm: ReaderOfCrm, customer: UUID) -> None:
    one = crm.subscription(customer, unassigned_reason=None)
    crm.pull()
    found = crm.office.found_subscription(one)
    assert found.unassigned_reason is UnassignedReason.UNASSIGNED_BY_USER
    pending = crm.pending(SUBSCRIPTION, one)
    assert pending is not None
    assert pending.fields == {"unassigned_reason"}


def test_a_license_change_that_a_user_adds_to_a_log_that_stands_is_left_alone(
    crm: ReaderOfCrm, customer: UUID
) -> None:
    one = crm.subscription(customer)
    crm.license_change(one)
    crm.pull()
    again = crm.crm.add(
        LICENSE_CHANGE,
        subscription_id=one,
        event="UPDATE",
        quantity_delta=5,
        quantity_after=15,
        effective_date=crm.office.clock.now().date(),
    )
    assert crm.pull().left_alone == 1
    assert again not in crm.ids(LICENSE_CHANGE)
