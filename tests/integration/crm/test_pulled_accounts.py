"""What happens to the CRM's own records: accounts and billing contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.billing import BillingType
from seatsync.domain.crm import CrmNoun
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.ids import new_id
from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import UnassignedReason
from seatsync.services.contract_changes import ContractEdit

if TYPE_CHECKING:
    from reader_of_crm import ReaderOfCrm
    from seatsync.mirror.outbox import Operation

ACCOUNT, CONTRACT = CrmNoun.ACCOUNT, CrmNoun.BILLING_CONTRACT
WHO = "Mira Holt"


def test_accounts_and_contracts_are_taken_over(crm: ReaderOfCrm) -> None:
    account = crm.account("Aster Mills", domain="https://www.Aster.example/shop")
    contract = crm.contract(account, "Seats", is_default=True, default_for="LICENSE")
    assert crm.pull().taken_over == 2
    assert crm.held(ACCOUNT, account) == {"name": "Aster Mills", "domain": "aster.example"}
    found = crm.office.found_contract(contract)
    assert (found.name, found.account_id, found.is_default) == ("Seats", account, True)
    assert (found.default_for, found.currency) == (BillingType.LICENSE, "EUR")
    assert crm.told() == 0


def test_a_second_pull_changes_nothing_and_asks_once_for_each_table(crm: ReaderOfCrm) -> None:
    crm.contract(crm.account())
    crm.pull()
    crm.crm.journal.clear()
    summary = crm.pull()
    assert not summary.has_changed
    assert sorted((one.kind, str(one.noun)) for one in crm.crm.journal) == [
        ("changes", noun) for noun in sorted(CrmNoun)
    ]


def test_a_first_read_is_not_audited_and_what_comes_later_is(crm: ReaderOfCrm) -> None:
    first = crm.account("First")
    crm.pull()
    assert crm.audited() == []
    later = crm.account("Later")
    contract = crm.contract(later, "Monthly")
    crm.crm.edit(ACCOUNT, first, name="First of all")
    crm.pull()
    assert [(actor, action, target) for actor, action, target, _ in crm.audited()] == [
        (WHO, "updateAccount", first),
        (WHO, "createAccount", later),
        (WHO, "createBillingContract", contract),
    ]
    assert crm.audited()[0][3] == {"name": ("First", "First of all")}


def test_a_default_flag_set_in_the_crm_counts_here_and_is_audited_as_theirs(
    crm: ReaderOfCrm,
) -> None:
    contract = crm.contract(crm.account())
    crm.pull()
    somebody = crm.crm.user("Ilva Brandt")
    crm.crm.edit(CONTRACT, contract, by=somebody, is_default=True, default_for="USAGE", name="New")
    crm.pull()
    found = crm.office.found_contract(contract)
    assert (found.is_default, found.default_for) == (True, BillingType.USAGE)
    assert crm.audited() == [
        (
            "Ilva Brandt",
            "setDefaultBillingContract",
            contract,
            {"isDefault": ("false", "true"), "defaultFor": (None, "USAGE")},
        ),
        ("Ilva Brandt", "updateBillingContract", contract, {"name": ("Monthly", "New")}),
    ]
    [[changed_at]] = crm.office.rows("SELECT default_changed_at FROM billing_contract")
    assert changed_at is not None


def test_several_defaults_may_arrive(crm: ReaderOfCrm) -> None:
    account = crm.account()
    contracts = [crm.contract(account, is_default=True) for _ in range(2)]
    crm.pull()
    assert all(crm.office.found_contract(one).is_default for one in contracts)


def test_an_inactive_contract_and_another_account_are_taken_over(crm: ReaderOfCrm) -> None:
    contract, other = crm.contract(crm.account()), crm.account("Birch Foods")
    crm.pull()
    crm.crm.edit(CONTRACT, contract, status="INACTIVE", account_id=other)
    crm.pull()
    found = crm.office.found_contract(contract)
    assert (found.status, found.account_id) == ("INACTIVE", other)


def test_what_nobody_filled_in_is_as_the_api_has_it(crm: ReaderOfCrm) -> None:
    account = crm.crm.add(ACCOUNT)
    contract = crm.crm.add(CONTRACT, account_id=account)
    crm.pull()
    found = crm.office.found_contract(contract)
    assert (found.billing_policy, found.billing_frequency) == ("ADVANCE", "MONTHLY")
    assert (found.currency, found.status, found.is_default) == ("USD", "ACTIVE", False)
    assert (found.name, crm.held(ACCOUNT, account)["name"]) == (str(contract), str(account))


def test_emptying_what_cannot_be_empty_changes_nothing(crm: ReaderOfCrm) -> None:
    contract = crm.contract(crm.account(), "Seats")
    crm.pull()
    crm.crm.edit(CONTRACT, contract, name=" ", currency="euros", billing_policy=None)
    crm.pull()
    found = crm.office.found_contract(contract)
    assert (found.name, found.currency, found.billing_policy) == ("Seats", "EUR", "ARREARS")
    assert crm.audited() == []


def test_fields_that_the_schema_lacks_stay_as_they_are(crm: ReaderOfCrm) -> None:
    contract = crm.contract(crm.account(), default_for="USAGE")
    crm.pull()
    crm.crm.lacking[CONTRACT] = frozenset({"default_for", "currency"})
    crm.crm.edit(CONTRACT, contract, name="Other")
    crm.pull()
    found = crm.office.found_contract(contract)
    assert (found.name, found.default_for, found.currency) == ("Other", "USAGE", "EUR")


def test_a_change_by_an_unknown_user_or_by_the_agents_own_is_the_crms(crm: ReaderOfCrm) -> None:
    account = crm.account()
    crm.pull()
    crm.crm.edit(ACCOUNT, account, by=new_id(), name="One")
    crm.pull()
    crm.crm.edit(ACCOUNT, account, by=crm.crm.agent_user, name="Two")
    crm.pull()
    assert [(actor, changes) for actor, _, _, changes in crm.audited()] == [
        ("CRM", {"name": ("Aster Mills", "One")}),
        ("CRM", {"name": ("One", "Two")}),
    ]


def test_each_user_is_asked_for_once(crm: ReaderOfCrm) -> None:
    accounts = [crm.account(f"A{number}") for number in range(6)]
    crm.pull()
    for one in accounts:
        crm.crm.edit(ACCOUNT, one, name="Other")
    crm.crm.journal.clear()
    crm.pull()
    assert len(crm.crm.requests("user_name")) == 1


def test_a_row_made_and_deleted_between_two_pulls_is_nothing(crm: ReaderOfCrm) -> None:
    crm.pull()
    for noun in CrmNoun:
        crm.crm.delete(noun, crm.crm.add(noun))
    summary = crm.pull()
    assert not summary.has_changed
    assert crm.told() == 0


# What waits to be told.


def test_a_command_stays_noted_while_the_crm_shows_what_it_was_given_on(crm: ReaderOfCrm) -> None:
    contract = crm.contract(crm.account(), "Seats")
    crm.pull()
    crm.office.contracts.update(LOCAL, contract, ContractEdit(name="Ours"))
    crm.crm.edit(CONTRACT, contract, currency="CHF")
    crm.pull()
    found = crm.office.found_contract(contract)
    assert (found.name, found.currency) == ("Ours", "CHF")
    pending = crm.pending(CONTRACT, contract)
    assert pending is not None
    assert pending.fields == {"name"}
    assert pending.bases == {"name": ("Seats",)}


def test_the_crm_wins_where_both_changed_a_field(crm: ReaderOfCrm) -> None:
    contract = crm.contract(crm.account(), "Seats")
    crm.pull()
    crm.office.contracts.update(LOCAL, contract, ContractEdit(name="Ours", currency="CHF"))
    crm.crm.edit(CONTRACT, contract, name="Theirs")
    crm.pull()
    found = crm.office.found_contract(contract)
    assert (found.name, found.currency) == ("Theirs", "CHF")
    pending = crm.pending(CONTRACT, contract)
    assert pending is not None
    assert pending.fields == {"currency"}
    assert crm.audited()[-1] == (
        WHO,
        "updateBillingContract",
        contract,
        {"name": ("Ours", "Theirs")},
    )


def test_nothing_is_left_to_tell_where_both_say_the_same(crm: ReaderOfCrm) -> None:
    contract = crm.contract(crm.account())
    crm.pull()
    crm.office.contracts.set_default(LOCAL, contract, DefaultWish())
    assert crm.told() == 1
    crm.crm.edit(CONTRACT, contract, is_default=True)
    crm.pull()
    assert crm.told() == 0


def test_what_was_to_be_made_and_is_there_is_only_compared(crm: ReaderOfCrm) -> None:
    crm.pull()
    account = crm.office.account("Aster Mills")
    crm.crm.add(ACCOUNT, account.id, name="Aster Mills Ltd")
    crm.pull()
    assert crm.held(ACCOUNT, account.id)["name"] == "Aster Mills Ltd"
    assert crm.told() == 0


def test_what_is_taken_over_is_not_told_back(crm: ReaderOfCrm) -> None:
    account = crm.account()
    contract = crm.contract(account)
    crm.pull()
    crm.crm.edit(ACCOUNT, account, name="Other", domain="other.example")
    crm.crm.edit(CONTRACT, contract, is_default=True, status="INACTIVE")
    crm.pull()
    assert crm.told() == 0
    assert crm.agrees(ACCOUNT, account)
    assert crm.agrees(CONTRACT, contract)


# Leaving.


@pytest.mark.parametrize("unlinks", [True, False])
def test_a_deleted_account_leaves_with_its_contracts_and_what_was_theirs_stays(
    crm: ReaderOfCrm, *, unlinks: bool
) -> None:
    account = crm.account()
    contract = crm.contract(account)
    customer = crm.customer(account_id=account)
    one = crm.subscription(
        customer, account_id=account, billing_contract_id=contract, unassigned_reason=None
    )
    crm.pull()
    crm.crm.delete(ACCOUNT, account, unlinks=unlinks)
    crm.pull()
    assert (crm.ids(ACCOUNT), crm.ids(CONTRACT)) == (set(), set())
    assert crm.office.found_customer(customer).account_id is None
    found = crm.office.found_subscription(one)
    assert (found.account_id, found.billing_contract_id) == (None, None)
    assert found.unassigned_reason is UnassignedReason.UNASSIGNED_BY_USER
    assert {(actor, action, target) for actor, action, target, _ in crm.audited()} >= {
        ("CRM", "deleteAccount", account),
        ("CRM", "deleteBillingContract", contract),
        ("CRM", "deleteAccount", customer),
        ("CRM", "deleteAccount", one),
    }
    pending = crm.pending(CrmNoun.SUBSCRIPTION, one)
    assert pending is not None
    assert "unassigned_reason" in pending.fields


def test_a_deleted_contract_leaves_its_subscriptions_and_runs_behind(crm: ReaderOfCrm) -> None:
    account = crm.account()
    contract = crm.contract(account)
    customer = crm.customer(account_id=account)
    one = crm.subscription(
        customer, account_id=account, billing_contract_id=contract, unassigned_reason=None
    )
    crm.pull()
    _run_from(crm, contract)
    crm.crm.delete(CONTRACT, contract)
    crm.pull()
    found = crm.office.found_subscription(one)
    assert (found.account_id, found.billing_contract_id) == (account, None)
    assert found.unassigned_reason is UnassignedReason.UNASSIGNED_BY_USER
    assert crm.office.rows("SELECT billing_contract_id FROM sync_run") == [(None,)]


def test_a_contract_without_an_account_is_left_alone_until_it_has_one(crm: ReaderOfCrm) -> None:
    contract = crm.contract(None)
    assert crm.pull().left_alone == 1
    assert crm.ids(CONTRACT) == set()
    crm.crm.edit(CONTRACT, contract, account_id=crm.account())
    crm.pull()
    assert crm.ids(CONTRACT) == {contract}


def test_a_contract_that_loses_its_account_leaves_and_comes_back_with_its_subscriptions(
    crm: ReaderOfCrm,
) -> None:
    account = crm.account()
    contract = crm.contract(account)
    customer = crm.customer(account_id=account)
    crm.pull()
    crm.crm.edit(CONTRACT, contract, account_id=None)
    crm.pull()
    assert crm.ids(CONTRACT) == set()
    one = crm.subscription(
        customer, account_id=account, billing_contract_id=contract, unassigned_reason=None
    )
    crm.pull()
    assert crm.office.found_subscription(one).billing_contract_id is None
    crm.crm.edit(CONTRACT, contract, account_id=account)
    crm.pull()
    found = crm.office.found_subscription(one)
    assert (found.billing_contract_id, found.unassigned_reason) == (contract, None)


def test_what_waits_for_a_deleted_record_is_not_told(crm: ReaderOfCrm) -> None:
    contract = crm.contract(crm.account())
    crm.pull()
    crm.office.contracts.update(LOCAL, contract, ContractEdit(name="Ours"))
    crm.crm.delete(CONTRACT, contract)
    crm.pull()
    assert (crm.ids(CONTRACT), crm.told()) == (set(), 0)


def test_what_is_yet_to_be_made_is_not_deleted(crm: ReaderOfCrm) -> None:
    crm.pull()
    account = crm.office.account()
    crm.crm.add(ACCOUNT, account.id, name="Aster Mills")
    crm.crm.delete(ACCOUNT, account.id)
    crm.pull()
    assert crm.ids(ACCOUNT) == {account.id}
    pending = crm.pending(ACCOUNT, account.id)
    assert pending is not None
    made: Operation = pending.operation
    assert made == "CREATE"


def _run_from(crm: ReaderOfCrm, contract: object) -> None:
    with crm.mirror.writing():
        crm.mirror.execute(
            "INSERT INTO sync_run (id, trigger_kind, billing_contract_id, requested_by, started_at,"
            " outcome, fetched, created, updated, unchanged, unassigned, missing, failed)"
            " VALUES (:id, 'MANUAL', :contract, 'local', :now, 'SUCCEEDED', 0, 0, 0, 0, 0, 0, 0)",
            {"id": new_id(), "contract": contract, "now": crm.office.clock.now()},
        )
