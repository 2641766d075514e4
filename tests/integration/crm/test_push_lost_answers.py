"""The CRM's answer is lost after it committed: one row, one change, whatever it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_sides import Killed, Mortal
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


def a_create(pair: ToldCrm) -> None:
    pair.office.contract(pair.account, "Yearly")


def an_update_of_what_is_the_agents(pair: ToldCrm) -> None:
    pair.lab.world.change("s-1-1", auto_renew=True)
    pair.lab.sync()


def an_update_of_what_is_the_crms(pair: ToldCrm) -> None:
    pair.office.contracts.update(LOCAL, pair.contract.id, ContractEdit(name="Ours"))


def an_update_of_what_went_in_bulk(pair: ToldCrm) -> None:
    with pair.mirror.writing():
        pair.mirror.execute("UPDATE crm_row SET version = ''")
    an_update_of_what_is_the_agents(pair)


def a_bulk_load(pair: ToldCrm) -> None:
    for number in range(100):
        pair.office.contract(pair.account, f"Number {number}")


KINDS: dict[Callable[[ToldCrm], None], int] = {
    a_create: 1,
    an_update_of_what_is_the_agents: 1,
    an_update_of_what_is_the_crms: 1,
    an_update_of_what_went_in_bulk: 1,
    a_bulk_load: 100,
}
"""Every kind of write, with how many changes it is."""


def lose_the_answer(pair: ToldCrm) -> None:
    """Let the CRM carry out a write whose answer never arrives."""
    pair.crm.plant(Fault.DROP_ANSWER)
    with pytest.raises(ProviderUnreachable):
        pair.push()


def kill_after_the_write(pair: ToldCrm) -> None:
    """Let the process die when the CRM has carried out a write."""
    calls = 1 + sum(1 for _ in pair.lab.rows("SELECT 1 FROM crm_row WHERE version = ''")[:1])
    with pytest.raises(Killed):
        pair.push(Mortal(pair.crm, calls, is_after=True))


@pytest.mark.parametrize("lose", [lose_the_answer, kill_after_the_write])
@pytest.mark.parametrize("change", KINDS)
@pytest.mark.parametrize("reads_first", [False, True], ids=["push next", "pull next"])
def test_a_write_whose_answer_is_lost_is_one_change(
    pair: ToldCrm,
    change: Callable[[ToldCrm], None],
    lose: Callable[[ToldCrm], None],
    *,
    reads_first: bool,
) -> None:
    change(pair)
    before = pair.crm._sequence
    lose(pair)
    assert pair.waiting() != []
    if reads_first:
        pair.pull()
    pair.push()
    pair.pull()
    assert pair.waiting() == []
    assert pair.crm._sequence - before == KINDS[change]
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
