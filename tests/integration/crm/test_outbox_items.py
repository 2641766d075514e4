"""What waits for the CRM: found when it is due, and settled without losing what came later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from back_office import BackOffice
from model_crm import first_bases
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id
from seatsync.domain.roles import LOCAL
from seatsync.mirror.database import Mirror
from seatsync.mirror.outbox import Operation, note_changed, note_created
from seatsync.mirror.outbox_items import (
    OutboxItem,
    count_due,
    defer,
    due_items,
    items_of,
    mark_attempted,
    not_made_yet,
    park,
    settle,
)
from seatsync.services.contract_changes import ContractEdit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

NOUN = CrmNoun.BILLING_CONTRACT
ALL = 100


@pytest.fixture
def office(migrated_url: str) -> Iterator[BackOffice]:
    """Give an office on a mirror of each kind that has a CRM to tell."""
    mirror = Mirror.open(migrated_url)
    mirror.feeds_crm = True
    yield BackOffice(mirror)
    mirror.close()


@pytest.fixture
def contract(office: BackOffice) -> UUID:
    """Return a contract that the CRM has been told."""
    made = office.contract(office.account()).id
    told(office)
    return made


def told(office: BackOffice) -> None:
    """Let the CRM have been told everything."""
    with office.mirror.writing():
        office.mirror.execute("DELETE FROM crm_outbox")


def rename(office: BackOffice, contract: UUID, name: str) -> None:
    office.contracts.update(LOCAL, contract, ContractEdit(name=name))


def item(office: BackOffice, record_id: UUID, noun: CrmNoun = NOUN) -> OutboxItem:
    with office.mirror.reading():
        [found] = items_of(office.mirror, noun, [record_id])
    return found


def due(office: BackOffice, noun: CrmNoun = NOUN) -> list[UUID]:
    with office.mirror.reading():
        items = due_items(office.mirror, noun, office.clock.now(), limit=ALL)
    return [one.record_id for one in items]


def test_what_was_told_and_not_changed_since_waits_no_more(
    office: BackOffice, contract: UUID
) -> None:
    rename(office, contract, "Yearly")
    with office.mirror.writing():
        settle(office.mirror, [item(office, contract)])
    assert due(office) == []


def test_what_changed_while_it_was_told_still_waits_with_what_the_crm_shows_by_then(
    office: BackOffice, contract: UUID
) -> None:
    rename(office, contract, "Yearly")
    read = item(office, contract)
    rename(office, contract, "Weekly")
    office.contracts.update(LOCAL, contract, ContractEdit(currency="EUR"))
    with office.mirror.writing():
        mark_attempted(office.mirror, [read])
        settle(office.mirror, [read])
    left = item(office, contract)
    assert left.names == {"name", "currency"}
    assert first_bases(left) == {"name": "Yearly", "currency": "USD"}
    assert left.attempts == 0


def test_what_was_made_and_changed_meanwhile_waits_as_a_change(office: BackOffice) -> None:
    made = office.contract(office.account()).id
    read = item(office, made)
    rename(office, made, "Yearly")
    with office.mirror.writing():
        settle(office.mirror, [read])
    left = item(office, made)
    assert (left.operation, set(left.names)) == (Operation.UPDATE, {"name"})


def test_what_was_noted_twice_as_to_be_made_is_made_once(office: BackOffice) -> None:
    made = office.contract(office.account()).id
    read = item(office, made)
    with office.mirror.writing():
        note_created(office.mirror, NOUN, [made], office.clock.now())
        settle(office.mirror, [read])
    assert due(office) == []


def test_a_change_of_what_is_not_made_yet_stays_a_making(office: BackOffice) -> None:
    made = office.contract(office.account()).id
    rename(office, made, "Yearly")
    assert item(office, made).operation is Operation.CREATE


def test_what_the_crm_refused_is_due_again_later_or_when_it_changes(
    office: BackOffice, contract: UUID
) -> None:
    rename(office, contract, "Yearly")
    with office.mirror.writing():
        until = office.clock.now() + timedelta(hours=1)
        park(office.mirror, {item(office, contract): "no \0 such name"}, until)
    assert due(office) == []
    [[parked, error]] = office.rows("SELECT parked, last_error FROM crm_outbox")
    assert bool(parked)
    assert error == "no \N{REPLACEMENT CHARACTER} such name"
    office.clock.move(minutes=61)
    assert due(office) == [contract]
    office.clock.move(minutes=-61)
    rename(office, contract, "Weekly")
    assert due(office) == [contract]


@pytest.mark.parametrize("leave", ["park", "defer"])
def test_what_changed_since_it_was_read_is_not_put_aside(
    office: BackOffice, contract: UUID, leave: str
) -> None:
    rename(office, contract, "Yearly")
    read = item(office, contract)
    rename(office, contract, "Weekly")
    later = office.clock.now() + timedelta(hours=1)
    with office.mirror.writing():
        if leave == "park":
            park(office.mirror, {read: "too long"}, later)
        else:
            defer(office.mirror, [read], later)
    assert due(office) == [contract]


def test_due_items_are_counted_and_read_in_batches(office: BackOffice) -> None:
    account = office.account()
    made = [office.contract(account, f"Number {number}").id for number in range(5)]
    mirror, now = office.mirror, office.clock.now()
    with mirror.reading():
        assert count_due(mirror, now) == {
            (CrmNoun.ACCOUNT, Operation.CREATE): 1,
            (NOUN, Operation.CREATE): 5,
        }
        first = due_items(mirror, NOUN, now, limit=3)
        rest = due_items(mirror, NOUN, now, limit=3, after=first[-1].record_id)
        assert [one.record_id for one in (*first, *rest)] == sorted(made)
        assert due_items(mirror, NOUN, now, limit=ALL, operation=Operation.UPDATE) == []
        earlier = now - timedelta(seconds=1)
        assert count_due(mirror, earlier) == {}
        assert due_items(mirror, NOUN, earlier, limit=ALL) == []


def test_what_is_not_made_yet_is_known(office: BackOffice, contract: UUID) -> None:
    rename(office, contract, "Yearly")
    new = office.contract(office.account("Birch Works")).id
    with office.mirror.reading():
        waiting = not_made_yet(office.mirror, NOUN, [contract, new, new_id()])
    assert waiting == {new}


def test_an_attempt_is_remembered_through_later_changes(office: BackOffice, contract: UUID) -> None:
    rename(office, contract, "Yearly")
    with office.mirror.writing():
        mark_attempted(office.mirror, [item(office, contract)])
    rename(office, contract, "Weekly")
    assert item(office, contract).attempts == 1


def test_fields_that_the_crm_never_hears_of_are_not_noted(
    office: BackOffice, contract: UUID
) -> None:
    with office.mirror.writing():
        note_changed(office.mirror, NOUN, {contract: ["default_changed_at"]}, office.clock.now())
    assert due(office) == []
