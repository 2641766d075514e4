"""Whole reads that lack much of what was there: an answer that shows nothing must wipe nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reader_of_crm import ReaderOfCrm
from seatsync.domain.crm import CrmNoun
from seatsync.domain.roles import LOCAL
from seatsync.errors import CrmListingShrunk, StandingFault
from seatsync.mirror.crm_rows import nouns_read, reading_of
from seatsync.mirror.database import Mirror
from seatsync.services.setting_changes import SettingEdit
from told_crm import ToldCrm
from veiled_crm import VeiledCrm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice

ACCOUNT, CONTRACT = CrmNoun.ACCOUNT, CrmNoun.BILLING_CONTRACT
SUBSCRIPTION = CrmNoun.SUBSCRIPTION
ALL = 15


class Customers:
    """A mirror that has read fifteen accounts, each with a contract, from a CRM with a veil."""

    def __init__(self, office: BackOffice) -> None:
        self.crm = VeiledCrm(page_size=4)
        self.reader = ReaderOfCrm(office, self.crm)
        self.accounts = [self.reader.account(f"A{number}") for number in range(ALL)]
        self.contracts = [self.reader.contract(one) for one in self.accounts]
        self.customer = self.reader.customer(account_id=self.accounts[0])
        self.subscription = self.reader.subscription(
            self.customer,
            account_id=self.accounts[0],
            billing_contract_id=self.contracts[0],
            unassigned_reason=None,
        )
        self.reader.pull()

    def pull(self) -> str:
        """Pull, expecting that too little is shown; return what is said of it."""
        with pytest.raises(CrmListingShrunk) as caught:
            self.reader.pull()
        return caught.value.message

    def mark(self, noun: CrmNoun) -> str | None:
        """Return where the next read of a noun continues."""
        with self.reader.mirror.reading():
            return reading_of(self.reader.mirror, noun).mark

    def allow(self, percent: int) -> None:
        """Set the missing threshold."""
        edit = SettingEdit(missing_threshold_percent=percent)
        self.reader.office.settings.update(LOCAL, edit)


@pytest.fixture
def customers(office: BackOffice) -> Customers:
    """Give what was read of a CRM in memory, in a mirror of each kind."""
    return Customers(office)


@pytest.fixture
def veiled(migrated_sqlite_url: str) -> Iterator[tuple[ToldCrm, VeiledCrm]]:
    """Give a mirror, with a CRM that has been told everything and can hide it."""
    mirror = Mirror.open(migrated_sqlite_url)
    told, crm = ToldCrm(mirror), VeiledCrm()
    told.crm = crm
    told.converse()
    yield told, crm
    mirror.close()


def test_a_whole_read_that_lacks_most_accounts_removes_none(customers: Customers) -> None:
    reader = customers.reader
    customers.crm.veil(customers.accounts[:11])
    said = customers.pull()
    assert "does not show 11 of 15 known accounts any more" in said
    assert "threshold of 20 %" in said
    assert reader.ids(ACCOUNT) == set(customers.accounts)
    assert reader.ids(CONTRACT) == set(customers.contracts)
    assert (reader.told(), reader.audited()) == (0, [])


def test_an_answer_without_any_row_removes_nothing(customers: Customers) -> None:
    reader = customers.reader
    customers.crm.veil([*customers.accounts, *customers.contracts])
    said = customers.pull()
    assert "15 of 15 known accounts" in said
    assert "15 of 15 known billing contracts" in said
    assert reader.ids(ACCOUNT) == set(customers.accounts)
    assert reader.ids(CONTRACT) == set(customers.contracts)
    held = reader.held(SUBSCRIPTION, customers.subscription)
    assert (held["account_id"], held["billing_contract_id"]) == (
        customers.accounts[0],
        customers.contracts[0],
    )


def test_what_is_said_stands_until_a_person_acts_and_tells_what_to_do(
    customers: Customers,
) -> None:
    customers.crm.veil(customers.accounts)
    with pytest.raises(StandingFault) as caught:
        customers.reader.pull()
    assert caught.value.code == "CRM_LISTING_SHRUNK"
    assert caught.value.remedy
    assert "may still read all rows" in caught.value.remedy
    assert "raise the missing threshold for one pull" in caught.value.remedy


def test_everything_else_that_was_read_is_taken_over(customers: Customers) -> None:
    reader = customers.reader
    customers.crm.veil(customers.accounts[:11])
    new = reader.account("New")
    customers.crm.edit(ACCOUNT, customers.accounts[14], name="Changed")
    customers.crm.edit(CONTRACT, customers.contracts[0], name="Changed too")
    customers.crm.edit(SUBSCRIPTION, customers.subscription, billing_contract_id=None)
    customers.pull()
    assert new in reader.ids(ACCOUNT)
    assert reader.held(ACCOUNT, customers.accounts[14])["name"] == "Changed"
    assert reader.held(CONTRACT, customers.contracts[0])["name"] == "Changed too"
    assert reader.held(SUBSCRIPTION, customers.subscription)["billing_contract_id"] is None
    with reader.mirror.reading():
        assert nouns_read(reader.mirror) == frozenset(CrmNoun)


def test_it_is_noticed_again_by_every_pull_until_the_rows_are_shown(customers: Customers) -> None:
    reader = customers.reader
    customers.crm.veil(customers.accounts)
    first = customers.pull()
    assert customers.mark(ACCOUNT) is None
    assert customers.mark(CONTRACT) is not None
    assert customers.pull() == first
    customers.crm.hidden.clear()
    assert not reader.pull().has_changed
    assert customers.mark(ACCOUNT) is not None
    assert not reader.pull().has_changed


def test_newcomers_do_not_make_a_loss_look_small(customers: Customers) -> None:
    customers.crm.veil(customers.accounts[:11])
    for number in range(60):
        customers.reader.account(f"New {number}")
    assert "11 of 15 known accounts" in customers.pull()


def test_records_that_are_really_gone_leave_when_the_threshold_is_raised(
    customers: Customers,
) -> None:
    reader = customers.reader
    customers.crm.veil(customers.accounts[:11])
    customers.pull()
    customers.allow(100)
    reader.pull()
    assert reader.ids(ACCOUNT) == set(customers.accounts[11:])
    assert reader.ids(CONTRACT) == set(customers.contracts[11:])
    customers.allow(20)
    assert not reader.pull().has_changed


def test_ten_may_go_whatever_share_of_the_whole_they_are(customers: Customers) -> None:
    customers.crm.veil(customers.accounts[:10])
    customers.reader.pull()
    assert customers.reader.ids(ACCOUNT) == set(customers.accounts[10:])


def test_a_whole_read_that_lacks_most_contracts_leaves_subscriptions_on_them(
    customers: Customers,
) -> None:
    customers.crm.veil(customers.contracts[:11])
    assert customers.pull().count("known") == 1
    held = customers.reader.held(SUBSCRIPTION, customers.subscription)
    assert held["billing_contract_id"] == customers.contracts[0]


def test_deletions_that_the_crm_tells_are_followed_however_many(customers: Customers) -> None:
    for account in customers.accounts:
        customers.crm.delete(ACCOUNT, account)
    customers.reader.pull()
    assert customers.reader.ids(ACCOUNT) == set()
    assert customers.reader.ids(CONTRACT) == set()


def test_what_is_the_agents_own_is_offered_again_and_found_there(
    veiled: tuple[ToldCrm, VeiledCrm],
) -> None:
    both, crm = veiled
    before = {one: crm.held(SUBSCRIPTION, one) for one in crm.ids(SUBSCRIPTION)}
    crm.veil(before)
    both.pull()
    assert len(both.waiting()) == len(before) == 2
    assert both.push().parked == 0
    assert both.waiting() == []
    assert {one: crm.held(SUBSCRIPTION, one) for one in before} == before
    crm.hidden.clear()
    crm.expire_marks()
    both.converse()
    assert {one: crm.held(SUBSCRIPTION, one) for one in before} == before
    assert both.ids(SUBSCRIPTION) == set(before)


def test_what_is_hidden_and_was_changed_by_users_meanwhile_is_not_written_over(
    veiled: tuple[ToldCrm, VeiledCrm],
) -> None:
    both, crm = veiled
    one = both.subscription
    crm.veil(crm.ids(SUBSCRIPTION))
    crm.edit(SUBSCRIPTION, one, billing_contract_id=both.contract.id)
    shown = crm.held(SUBSCRIPTION, one)
    both.pull()
    both.push()
    assert crm.held(SUBSCRIPTION, one) == shown
    crm.hidden.clear()
    crm.expire_marks()
    both.lab.clock.move(hours=2)
    both.converse()
    assert both.ours(SUBSCRIPTION, one)["billing_contract_id"] == both.contract.id
    assert both.waiting() == []
    assert not both.changed()
