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
from seatsync.mirror.database import Mirror
from seatsync.services.contract_changes import ContractEdit
from told_crm import ToldCrm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

S, C = CrmNoun.SUBSCRIPTION, CrmNoun.BILLING_CONTRACT


@pytest.fixture
def pair(migrated_url: str) -> Iterator[ToldCrm]:
    """Give a mirror of each kind, with a CRM that has been told everything."""
    mirror = Mirror.open(migrated_url)
    told = ToldCrm(mirror)
    told.converse()
    yield told
    mirror.close()


def lose_the_answer(pair: ToldCrm) -> None:
    """Let the CRM carry out a write whose answer never arrives."""
    pair.crm.plant(Fault.DROP_ANSWER)
    with pytest.raises(ProviderUnreachable):
        pair.push()


def kill_after_the_write(pair: ToldCrm) -> None:
    """Let the process die when the CRM has carried out a write."""
    before = pair.crm._sequence
    calls = 0
    while pair.crm._sequence == before:
        calls += 1
        with pytest.raises(Killed):
            pair.push(Mortal(pair.crm, calls, is_after=True))


@pytest.mark.parametrize("lose", [lose_the_answer, kill_after_the_write])
@pytest.mark.parametrize("reads_first", [False, True], ids=["push next", "pull next"])
def test_a_write_of_any_kind_whose_answer_is_lost_is_one_change(
    pair: ToldCrm, lose: Callable[[ToldCrm], None], *, reads_first: bool
) -> None:
    for kind in KINDS:
        kind.cause(pair)
        before = pair.crm._sequence
        lose(pair)
        assert pair.waiting() != [], kind.name
        if reads_first:
            pair.pull()
        pair.push()
        pair.pull()
        assert pair.waiting() == [], kind.name
        assert pair.crm._sequence - before == kind.changes, kind.name
        require_the_same_rows(pair)


def require_the_same_rows(pair: ToldCrm) -> None:
    for noun in (S, C):
        assert pair.crm.ids(noun) == pair.ids(noun)
        for one in pair.ids(noun):
            held = pair.crm.held(noun, one)
            assert held
            assert held.values == pair.crm.kept(noun, pair.ours(noun, one))


@pytest.mark.parametrize("reads_first", [False, True], ids=["push next", "pull next"])
def test_a_second_command_after_a_lost_answer_is_not_taken_for_a_conflict(
    pair: ToldCrm, *, reads_first: bool
) -> None:
    an_update_of_what_is_the_crms(pair)
    lose_the_answer(pair)
    pair.office.contracts.update(LOCAL, pair.contract.id, ContractEdit(name="Ours again"))
    if reads_first:
        pair.pull()
    pair.push()
    assert pair.crm.value(C, pair.contract.id, "name") == "Ours again"
    assert pair.office.found_contract(pair.contract.id).name == "Ours again"
    assert pair.waiting() == []


def test_what_somebody_changes_after_a_lost_answer_is_seen(pair: ToldCrm) -> None:
    an_update_of_what_is_the_crms(pair)
    lose_the_answer(pair)
    pair.crm.edit(C, pair.contract.id, currency="CHF")
    pair.push()
    pair.pull()
    contract = pair.office.found_contract(pair.contract.id)
    assert (contract.name, contract.currency) == ("Ours", "CHF")
    assert pair.crm.value(C, pair.contract.id, "currency") == "CHF"


def test_a_row_that_somebody_fills_in_after_a_lost_answer_keeps_it(pair: ToldCrm) -> None:
    made = pair.office.contract(pair.account, "Yearly").id
    lose_the_answer(pair)
    pair.crm.edit(C, made, billing_frequency="ANNUAL")
    pair.push()
    pair.pull()
    assert pair.office.found_contract(made).billing_frequency == "ANNUAL"
    assert pair.crm.value(C, made, "billing_frequency") == "ANNUAL"
    assert pair.waiting() == []
