"""Reading everything: the first time, after a mark that expired, and when a read is cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_crm import MemoryCrm
from seatsync.domain.crm import CrmNoun
from seatsync.errors import Cancelled, ProviderUnreachable
from seatsync.mirror.crm_rows import nouns_read, reading_of, rows_among, versions_of
from seatsync.mirror.outbox import Operation
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from uuid import UUID

    from reader_of_crm import ReaderOfCrm

ACCOUNT, CONTRACT = CrmNoun.ACCOUNT, CrmNoun.BILLING_CONTRACT
SUBSCRIPTION = CrmNoun.SUBSCRIPTION


def test_what_the_mirror_has_and_the_crm_lacks_is_noted_when_they_are_connected(
    crm: ReaderOfCrm,
) -> None:
    account = crm.office.account()
    contract = crm.office.contract(account)
    crm.office.provider()
    customer = crm.office.customer("c-1", account)
    one = crm.office.subscription(customer)
    with crm.mirror.writing():
        crm.mirror.execute("DELETE FROM crm_outbox")
    known = crm.account("There already")
    assert crm.pull().put_back == 5
    for noun, record in (
        (ACCOUNT, account.id),
        (CONTRACT, contract.id),
        (CrmNoun.PROVIDER_ACCOUNT, customer),
        (SUBSCRIPTION, one),
    ):
        pending = crm.pending(noun, record)
        assert pending is not None
        assert pending.operation is Operation.CREATE
    assert crm.told() == 5
    assert crm.ids(ACCOUNT) == {account.id, known}


def test_what_waits_to_be_made_is_not_noted_again(crm: ReaderOfCrm) -> None:
    crm.office.account()
    assert crm.pull().put_back == 0
    assert crm.told() == 1


def test_a_mark_that_expired_leads_to_a_whole_read_that_finds_what_is_gone(
    crm: ReaderOfCrm,
) -> None:
    accounts = [crm.account(f"A{number}") for number in range(5)]
    contract = crm.contract(accounts[0])
    customer = crm.customer(account_id=accounts[1])
    one = crm.subscription(customer)
    crm.pull()
    crm.crm.delete(ACCOUNT, accounts[0])
    crm.crm.delete(SUBSCRIPTION, one)
    crm.crm.edit(ACCOUNT, accounts[2], name="Changed")
    crm.crm.expire_marks()
    summary = crm.pull()
    assert crm.ids(ACCOUNT) == set(accounts[1:])
    assert contract not in crm.ids(CONTRACT)
    assert crm.held(ACCOUNT, accounts[2])["name"] == "Changed"
    assert (summary.taken_over, summary.put_back) == (2, 1)
    pending = crm.pending(SUBSCRIPTION, one)
    assert pending is not None
    assert pending.operation is Operation.CREATE
    assert [entry[1] for entry in crm.audited()] == [
        "updateAccount",
        "deleteBillingContract",
        "deleteAccount",
    ]
    assert not crm.pull().has_changed


def test_a_whole_read_of_what_did_not_change_changes_nothing(crm: ReaderOfCrm) -> None:
    account = crm.account()
    customer = crm.customer(account_id=account)
    crm.license_change(crm.subscription(customer))
    crm.pull()
    crm.crm.expire_marks()
    assert not crm.pull().has_changed
    assert (crm.told(), crm.audited()) == (0, [])


def test_a_first_read_that_was_cut_short_is_still_the_first(crm: ReaderOfCrm) -> None:
    for number in range(5):
        crm.account(f"A{number}")
    with pytest.raises(ProviderUnreachable):
        _pull_until(crm, ACCOUNT, 2)
    assert len(crm.ids(ACCOUNT)) == 4
    assert ACCOUNT not in _read(crm)
    crm.pull()
    assert len(crm.ids(ACCOUNT)) == 5
    assert crm.audited() == []
    assert _read(crm) == frozenset(CrmNoun)


def test_a_later_read_that_was_cut_short_begins_where_it_began(crm: ReaderOfCrm) -> None:
    accounts = [crm.account(f"A{number}") for number in range(5)]
    crm.pull()
    for one in accounts:
        crm.crm.edit(ACCOUNT, one, name="Changed")
    with pytest.raises(ProviderUnreachable):
        _pull_until(crm, ACCOUNT, 1)
    assert crm.pull().taken_over == 3
    assert {crm.held(ACCOUNT, one)["name"] for one in accounts} == {"Changed"}
    assert len(crm.audited()) == 5


def test_what_was_deleted_while_a_whole_read_was_cut_short_is_found(crm: ReaderOfCrm) -> None:
    accounts = [crm.account(f"A{number}") for number in range(5)]
    with pytest.raises(ProviderUnreachable):
        _pull_until(crm, ACCOUNT, 2)
    crm.crm.delete(ACCOUNT, accounts[0])
    crm.pull()
    assert crm.ids(ACCOUNT) == set(accounts[1:])


def test_a_read_stops_between_two_pages_when_it_is_told_to(crm: ReaderOfCrm) -> None:
    for number in range(5):
        crm.account(f"A{number}")
    control = Control()

    def told(done: int, _total: int | None, _message: str | None) -> None:
        if done == 2:
            control.cancel("enough")

    with pytest.raises(Cancelled):
        crm.pulls.everything(crm.crm, control, told)
    assert len(crm.ids(ACCOUNT)) == 2


def test_progress_says_what_is_being_read_and_its_count_grows(crm: ReaderOfCrm) -> None:
    for number in range(3):
        crm.account(f"A{number}")
    said = _progress(crm)
    assert said[2:6] == [
        (0, "reading all accounts"),
        (2, "reading all accounts: 2 so far"),
        (3, "reading all accounts: 3 so far"),
        (3, "reading all billing contracts"),
    ]
    assert sorted(said, key=lambda one: one[0]) == said
    crm.crm.edit(ACCOUNT, crm.account(), name="Changed")
    assert (1, "reading changed accounts: 1 so far") in _progress(crm)


def test_progress_says_what_the_crm_is_to_be_given_and_what_it_does_not_have_any_more(
    crm: ReaderOfCrm,
) -> None:
    account = crm.account()
    crm.pull()
    crm.crm.delete(ACCOUNT, account)
    crm.crm.expire_marks()
    crm.office.account()
    said = _progress(crm)
    assert (1, "accounts that the CRM does not have any more: 1 so far") in said
    assert (2, "accounts that the CRM is to be given: 1 so far") in said


def test_rows_and_mark_are_kept_together(crm: ReaderOfCrm) -> None:
    account = crm.account()
    crm.pull()
    with crm.mirror.reading():
        assert reading_of(crm.mirror, ACCOUNT).mark is not None
        assert versions_of(crm.mirror, ACCOUNT, [account]) == {account: _version(crm, account)}
    crm.crm.delete(ACCOUNT, account)
    crm.pull()
    with crm.mirror.reading():
        assert rows_among(crm.mirror, ACCOUNT, [account]) == set()


def test_what_was_left_out_is_reached_by_everything_that_refers_to_it_once_it_is_readable(
    crm: ReaderOfCrm,
) -> None:
    account = crm.account()
    crm.crm.mar(ACCOUNT, account)
    contract = crm.contract(account)
    customer = crm.customer(account_id=account)
    summary = crm.pull()
    assert (summary.unreadable, summary.left_alone) == (2, 1)
    assert crm.office.found_customer(customer).account_id is None
    crm.crm.mend(ACCOUNT, account)
    crm.pull()
    assert crm.ids(CONTRACT) == {contract}
    assert crm.office.found_customer(customer).account_id == account


def test_what_nothing_refers_to_yet_may_come_late_without_a_whole_read(crm: ReaderOfCrm) -> None:
    account = crm.account()
    customer = crm.customer(account_id=account)
    for number in range(5):
        crm.subscription(customer, f"s-{number}")
    crm.pull()
    contract = crm.contract(None)
    crm.pull()
    crm.crm.edit(CONTRACT, contract, account_id=account)
    crm.crm.journal.clear()
    crm.pull()
    assert crm.ids(CONTRACT) == {contract}
    assert sorted(str(one.noun) for one in crm.crm.requests("changes")) == sorted(CrmNoun)


def test_one_record_can_be_taken_over_by_itself(crm: ReaderOfCrm) -> None:
    account = crm.account()
    contract = crm.contract(account)
    changes = crm.crm.fetch(CONTRACT, [contract])
    assert crm.pulls.take_over(crm.crm, changes).has_changed
    assert (crm.ids(ACCOUNT), crm.ids(CONTRACT)) == ({account}, {contract})


def test_records_of_several_nouns_are_taken_over_in_one_transaction(crm: ReaderOfCrm) -> None:
    crm.contract(crm.account())
    crm.pull()
    account = crm.account("Birch Foods")
    contract = crm.contract(account, "Second")
    changes = [*crm.crm.fetch(CONTRACT, [contract]), *crm.crm.fetch(ACCOUNT, [account])]
    crm.pulls.take_over(crm.crm, changes)
    assert account in crm.ids(ACCOUNT)
    assert contract in crm.ids(CONTRACT)
    assert not crm.pull().has_changed


def test_of_several_changes_of_one_record_the_last_counts(crm: ReaderOfCrm) -> None:
    account = crm.account()
    changes = [*crm.crm.fetch(ACCOUNT, [account])]
    crm.crm.delete(ACCOUNT, account)
    changes += crm.crm.fetch(ACCOUNT, [account])
    crm.pulls.take_over(crm.crm, changes)
    assert crm.ids(ACCOUNT) == set()
    with crm.mirror.reading():
        assert rows_among(crm.mirror, ACCOUNT, [account]) == set()


def _pull_until(crm: ReaderOfCrm, noun: CrmNoun, pages: int) -> None:
    """Pull from a CRM that cannot be reached any more after some pages of a noun."""
    everything = crm.crm
    breaking = _Breaking(everything, noun, pages)
    crm.pulls.everything(breaking, Control(), lambda *_: None)


class _Breaking(MemoryCrm):
    """Shows what another CRM does, until it cannot be reached."""

    def __init__(self, other: MemoryCrm, noun: CrmNoun, pages: int) -> None:
        super().__init__(page_size=other.page_size, agent_user=other.agent_user)
        self.users, self._records, self._touched = other.users, other._records, other._touched
        self._sequence, self._noun, self._pages = other._sequence, noun, pages

    def _ask(self, request: object) -> None:
        asked = getattr(request, "kind", None), getattr(request, "noun", None)
        if asked == ("changes", self._noun):
            self._pages -= 1
            if self._pages < 0:
                raise ProviderUnreachable("the CRM cannot be reached")


def _progress(crm: ReaderOfCrm) -> list[tuple[int, str | None]]:
    said: list[tuple[int, str | None]] = []
    crm.pulls.everything(crm.crm, Control(), lambda done, _, what: said.append((done, what)))
    return said


def _read(crm: ReaderOfCrm) -> frozenset[CrmNoun]:
    with crm.mirror.reading():
        return nouns_read(crm.mirror)


def _version(crm: ReaderOfCrm, account: UUID) -> str:
    record = crm.crm.held(ACCOUNT, account)
    assert record is not None
    return record.version
