"""The CRM's answer is lost after it committed: one row, one change, whatever it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_sides import Killed, Mortal
from lost_answers import KINDS, an_update_of_what_is_the_crms
from memory_crm import Fault
from seatsync.domain.crm import CrmNoun
from seatsync.domain.roles import LOCAL
from seatsync.errors import ProviderUnreachable
from seatsync.services.contract_changes import ContractEdit

if TYPE_CHECKING:
    from collections.abc import Callable

    from told_crm import ToldCrm

S, C = CrmNoun.SUBSCRIPTION, CrmNoun.BILLING_CONTRACT


def lose_the_answer(both: ToldCrm) -> None:
    """Let the CRM carry out a write whose answer never arrives."""
    both.crm.plant(Fault.DROP_ANSWER)
    with pytest.raises(ProviderUnreachable):
        both.push()


def kill_after_the_write(both: ToldCrm) -> None:
    """Let the process die when the CRM has carried out a write."""
    before = both.crm._sequence
    calls = 0
    while both.crm._sequence == before:
        calls += 1
        with pytest.raises(Killed):
            both.push(Mortal(both.crm, calls, is_after=True))


@pytest.mark.parametrize("lose", [lose_the_answer, kill_after_the_write])
@pytest.mark.parametrize("reads_first", [False, True], ids=["push next", "pull next"])
def test_a_write_of_any_kind_whose_answer_is_lost_is_one_change(
    both: ToldCrm, lose: Callable[[ToldCrm], None], *, reads_first: bool
) -> None:
    for kind in KINDS:
        kind.cause(both)
        before = both.crm._sequence
        lose(both)
        assert both.waiting() != [], kind.name
        if reads_first:
            both.pull()
        both.push()
        both.pull()
        assert both.waiting() == [], kind.name
        assert both.crm._sequence - before == kind.changes, kind.name
        require_the_same_rows(both)


def require_the_same_rows(both: ToldCrm) -> None:
    for noun in (S, C):
        assert both.crm.ids(noun) == both.ids(noun)
        for one in both.ids(noun):
            held = both.crm.held(noun, one)
            assert held
            assert held.values == both.crm.kept(noun, both.ours(noun, one))


@pytest.mark.parametrize("reads_first", [False, True], ids=["push next", "pull next"])
def test_a_second_command_after_a_lost_answer_is_not_taken_for_a_conflict(
    both: ToldCrm, *, reads_first: bool
) -> None:
    an_update_of_what_is_the_crms(both)
    lose_the_answer(both)
    both.office.contracts.update(LOCAL, both.contract.id, ContractEdit(name="Ours again"))
    if reads_first:
        both.pull()
    both.push()
    assert both.crm.value(C, both.contract.id, "name") == "Ours again"
    assert both.office.found_contract(both.contract.id).name == "Ours again"
    assert both.waiting() == []


def test_what_somebody_changes_after_a_lost_answer_is_seen(both: ToldCrm) -> None:
    an_update_of_what_is_the_crms(both)
    lose_the_answer(both)
    both.crm.edit(C, both.contract.id, currency="CHF")
    both.push()
    both.pull()
    contract = both.office.found_contract(both.contract.id)
    assert (contract.name, contract.currency) == ("Ours", "CHF")
    assert both.crm.value(C, both.contract.id, "currency") == "CHF"


def test_a_row_that_somebody_fills_in_after_a_lost_answer_keeps_it(both: ToldCrm) -> None:
    made = both.office.contract(both.account, "Yearly").id
    lose_the_answer(both)
    both.crm.edit(C, made, billing_frequency="ANNUAL")
    both.push()
    both.pull()
    assert both.office.found_contract(made).billing_frequency == "ANNUAL"
    assert both.crm.value(C, made, "billing_frequency") == "ANNUAL"
    assert both.waiting() == []
