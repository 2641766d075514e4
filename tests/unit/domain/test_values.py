"""Values in the one spelling that compares equal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.account import Account, DefaultContractState
from seatsync.domain.change import camel_case, spell
from seatsync.domain.customer import RemoteCustomer, canonical_domain
from seatsync.domain.flaw import customer_flaw, subscription_flaw
from seatsync.domain.matching import AccountIndex
from seatsync.domain.money import Money
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.domain.text import storable

RECORD = RemoteSubscription("s-1", "c-1", "Name", 5, SubscriptionStatus.ACTIVE, "Active")


@pytest.mark.parametrize(
    ("amount", "spelled"),
    [("27.50", "27.5 USD"), ("1000", "1000 USD"), ("1E+3", "1000 USD"), ("0.0000004", "0 USD")],
)
def test_an_amount_has_one_spelling(amount: str, spelled: str) -> None:
    assert str(Money(Decimal(amount), "usd").canonical()) == spelled


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_canonical_amounts_are_canonical(amount: Decimal) -> None:
    once = Money(amount, " usd").canonical()
    assert repr(once.canonical()) == repr(once)
    assert abs(once.amount - amount) <= Decimal("0.0000005")


@given(st.text(max_size=20))
def test_a_domain_has_one_spelling(text: str) -> None:
    once = canonical_domain(text)
    assert canonical_domain(once) == once


def test_customers_are_stripped() -> None:
    customer = RemoteCustomer(" c-1 ", " Name ", " WWW.Name.example ")
    assert customer.canonical() == RemoteCustomer("c-1", "Name", "name.example")


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_what_has_ended_holds_no_seats_and_what_is_suspended_does(
    status: SubscriptionStatus,
) -> None:
    quantity = replace(RECORD, status=status).canonical().quantity
    ended = {"EXPIRED", "CANCELLED", "DELETED"}
    assert quantity == (0 if status.value in ended else 5)


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (None, None),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (SubscriptionStatus.ACTIVE, "ACTIVE"),
        (Money(Decimal("1.5"), "EUR"), "1.5 EUR"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
    ],
)
def test_values_are_spelled_for_the_report(value: object, spelled: str | None) -> None:
    assert spell(value) == spelled


def test_fields_are_named_as_in_the_contract() -> None:
    assert camel_case("commitment_ends_at") == "commitmentEndsAt"


def test_a_record_without_a_flaw_has_none() -> None:
    assert subscription_flaw(RECORD) is None
    assert customer_flaw(RemoteCustomer("c-1", "Name")) is None


@pytest.mark.parametrize("quantity", [-1, 2**63])
def test_a_quantity_that_is_not_possible_is_a_flaw(quantity: int) -> None:
    flaw = subscription_flaw(replace(RECORD, quantity=quantity))
    assert flaw == f"a quantity of {quantity} is not possible"


@given(st.text())
def test_text_is_made_storable_by_replacing_what_is_not(text: str) -> None:
    kept = storable(text)
    kept.encode()
    assert "\0" not in kept
    assert len(kept) == len(text)


@pytest.mark.parametrize(("count", "state"), [(0, "NONE"), (1, "ONE"), (2, "MULTIPLE")])
def test_how_many_defaults_there_are_in_words(count: int, state: str) -> None:
    assert DefaultContractState.of(count).value == state


ACCOUNTS = st.lists(
    st.builds(Account, st.uuids(), st.text(max_size=12), st.none() | st.just("one.example")),
    max_size=6,
)


@given(ACCOUNTS, st.text(max_size=12), st.integers(0, 3))
def test_suggestions_are_few_ordered_and_never_the_same_twice(
    accounts: list[Account], name: str, limit: int
) -> None:
    found = AccountIndex(accounts).suggest(name, "one.example", limit)
    scores = [match.score for match in found]
    assert len(found) <= limit
    assert scores == sorted(scores, reverse=True)
    assert len({match.account.id for match in found}) == len(found)
    assert all(0 < score <= 1 for score in scores)


def test_the_same_domain_is_the_best_suggestion() -> None:
    named = Account(UUID(int=1), "Aster Mills", None)
    domain = Account(UUID(int=2), "Something else", "aster.example")
    found = AccountIndex([named, domain]).suggest("Aster Mills Ltd", "aster.example", 5)
    assert [match.account for match in found] == [domain, named]
