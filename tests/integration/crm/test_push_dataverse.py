"""The same promises where the CRM is a Dataverse, spoken to over HTTP."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from crm_sides import Killed, Mortal
from dataverse_side import DataverseSide, Hurried
from lost_answers import KINDS, an_update_of_what_is_the_crms
from seatsync.domain.crm import CrmNoun
from seatsync.domain.roles import LOCAL
from seatsync.errors import PassingFault
from seatsync.mirror.database import Mirror
from seatsync.services.contract_changes import ContractEdit
from told_crm import ToldCrm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.sdk.crm import CrmConnection

C = CrmNoun.BILLING_CONTRACT
ALWAYS = 1_000
"""More lost answers than any client asks again after."""


@pytest.fixture
def side() -> DataverseSide:
    return DataverseSide()


@pytest.fixture
def pair(migrated_sqlite_url: str, side: DataverseSide) -> Iterator[ToldCrm]:
    """Give a mirror whose CRM is a Dataverse that has been told everything."""
    mirror = Mirror.open(migrated_sqlite_url)
    told = ToldCrm(mirror)
    converse(told, side)
    yield told
    mirror.close()


@contextmanager
def connected(side: DataverseSide) -> Iterator[CrmConnection]:
    """Connect as a process does that has just been started."""
    with closing(side.connect(Hurried(side.clock))) as crm:
        yield crm


def converse(pair: ToldCrm, side: DataverseSide) -> None:
    with connected(side) as crm:
        pair.pull(crm)
        pair.push(crm)


def lose_the_answers(pair: ToldCrm, side: DataverseSide) -> None:
    """Let the CRM carry out writes whose answers never arrive; the client may find out."""
    side.lose_answers(ALWAYS)
    with connected(side) as crm, suppress(PassingFault):
        pair.push(crm)
    side.calm_down()


def kill_after_the_write(pair: ToldCrm, side: DataverseSide) -> None:
    """Let the process die when the CRM has carried out a write."""
    changes = side.changes_made()
    calls = 0
    while side.changes_made() == changes:
        calls += 1
        with connected(side) as crm, pytest.raises(Killed):
            pair.push(Mortal(crm, calls, is_after=True))
    assert pair.waiting() != []


@pytest.mark.parametrize("lose", [lose_the_answers, kill_after_the_write])
@pytest.mark.parametrize("reads_first", [False, True], ids=["push next", "pull next"])
def test_a_write_of_any_kind_whose_answer_is_lost_is_one_change(
    pair: ToldCrm,
    side: DataverseSide,
    lose: Callable[[ToldCrm, DataverseSide], None],
    *,
    reads_first: bool,
) -> None:
    for kind in KINDS:
        kind.cause(pair)
        before = side.changes_made()
        lose(pair, side)
        with connected(side) as crm:
            if reads_first:
                pair.pull(crm)
            pair.push(crm)
            pair.pull(crm)
        assert pair.waiting() == [], kind.name
        assert side.changes_made() - before == kind.changes, kind.name
        require_the_same_rows(pair, side)


def require_the_same_rows(pair: ToldCrm, side: DataverseSide) -> None:
    for noun in (C, CrmNoun.SUBSCRIPTION):
        assert set(side.ids(noun)) == pair.ids(noun)
        assert len(side.ids(noun)) == len(pair.ids(noun))
    shown = {one: side.value(C, one, "name") for one in side.ids(C)}
    assert shown == {one: pair.office.found_contract(one).name for one in pair.ids(C)}


def test_a_second_command_after_a_lost_answer_is_not_taken_for_a_conflict(
    pair: ToldCrm, side: DataverseSide
) -> None:
    an_update_of_what_is_the_crms(pair)
    kill_after_the_write(pair, side)
    pair.office.contracts.update(LOCAL, pair.contract.id, ContractEdit(name="Ours again"))
    converse(pair, side)
    assert side.value(C, pair.contract.id, "name") == "Ours again"
    assert pair.office.found_contract(pair.contract.id).name == "Ours again"
    assert pair.waiting() == []
