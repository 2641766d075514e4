"""What changes here and in the CRM at the same time: nobody's change is lost."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import TYPE_CHECKING

from memory_crm import Fault
from seatsync.domain.crm import CrmNoun
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.roles import LOCAL
from seatsync.services.contract_changes import ContractEdit

if TYPE_CHECKING:
    from seatsync.sdk.crm import CrmWrite
    from told_crm import ToldCrm

S, C = CrmNoun.SUBSCRIPTION, CrmNoun.BILLING_CONTRACT


def test_a_user_of_the_crm_who_changed_another_field_keeps_the_change(both: ToldCrm) -> None:
    both.crm.edit(S, both.subscription, unit_price_amount=Decimal(5), unit_price_currency="EUR")
    both.lab.world.change("s-1-1", quantity=7)
    both.lab.sync()
    both.push()
    assert both.crm.value(S, both.subscription, "quantity") == 7
    assert both.crm.value(S, both.subscription, "unit_price_amount") == 5
    assert both.ours(S, both.subscription)["unit_price_amount"] == 5
    assert both.waiting() == []


def test_a_command_gives_way_to_a_user_of_the_crm_who_changed_the_same_field(
    both: ToldCrm,
) -> None:
    both.crm.edit(C, both.contract.id, name="Theirs")
    both.office.contracts.update(LOCAL, both.contract.id, ContractEdit(name="Ours"))
    both.push()
    assert both.crm.value(C, both.contract.id, "name") == "Theirs"
    assert both.office.found_contract(both.contract.id).name == "Theirs"
    assert both.waiting() == []


def test_a_user_of_the_crm_who_is_quicker_than_the_write_keeps_the_change(pair: ToldCrm) -> None:
    def be_quicker(write: CrmWrite) -> None:
        pair.crm.before_write = None
        pair.crm.edit(write.noun, write.id, name="Theirs")

    pair.crm.before_write = be_quicker
    pair.office.contracts.update(LOCAL, pair.contract.id, ContractEdit(name="Ours", currency="EUR"))
    pair.push()
    assert pair.crm.value(C, pair.contract.id, "name") == "Theirs"
    assert pair.crm.value(C, pair.contract.id, "currency") == "EUR"


def test_what_changes_faster_than_it_can_be_told_is_left_for_later(pair: ToldCrm) -> None:
    pair.crm.plant(Fault.CONFLICT, S, times=2)
    pair.lab.world.change("s-1-1", quantity=7)
    pair.lab.sync()
    assert pair.push().parked == 0
    assert pair.waiting() == [("subscription", "UPDATE", 0)]
    pair.lab.clock.move(minutes=2)
    pair.push()
    assert pair.crm.value(S, pair.subscription, "quantity") == 7


def test_what_somebody_deleted_is_put_back_by_a_change_of_it(both: ToldCrm) -> None:
    both.crm.delete(S, both.subscription, unlinks=False)
    both.lab.world.change("s-1-1", quantity=7)
    both.lab.sync()
    both.push()
    assert both.crm.value(S, both.subscription, "quantity") == 7
    assert both.waiting() == []


def test_a_record_that_refers_to_what_somebody_deleted_is_told_without_it(both: ToldCrm) -> None:
    other = both.office.contract(both.account, "Yearly")
    both.lab.map("c-1", both.account)
    both.push()
    both.crm.delete(C, other.id)
    both.office.assignments.assign(LOCAL, [both.subscription], other.id)
    both.push()
    assert both.crm.value(S, both.subscription, "billing_contract_id") is None
    assert both.office.found_subscription(both.subscription).billing_contract_id is None
    assert both.waiting() == []


def test_an_update_of_what_the_crm_never_held_becomes_a_making(pair: ToldCrm) -> None:
    new = pair.office.contract(pair.account, "Yearly").id
    with pair.mirror.writing():
        pair.mirror.execute("DELETE FROM crm_outbox")
    pair.office.contracts.update(LOCAL, new, ContractEdit(name="Weekly"))
    pair.push()
    assert pair.crm.value(C, new, "name") == "Weekly"
    assert pair.waiting() == []


def test_a_change_while_the_crm_is_told_is_told_as_well(pair: ToldCrm) -> None:
    def change_meanwhile(_write: CrmWrite) -> None:
        pair.crm.before_write = None
        pair.office.contracts.update(LOCAL, pair.contract.id, ContractEdit(name="Weekly"))
        pair.mirror.close()

    pair.office.contracts.update(LOCAL, pair.contract.id, ContractEdit(name="Yearly"))
    pair.crm.before_write = change_meanwhile
    pair.push()
    named = [write.values["name"] for write in pair.changed()]
    assert named == ["Yearly", "Weekly"]
    assert pair.waiting() == []


def test_what_changes_all_the_time_is_told_without_anybody_waiting_for_the_other(
    both: ToldCrm,
) -> None:
    others = [both.office.contract(both.account, f"Number {number}") for number in range(6)]
    ended = threading.Event()

    def keep_changing() -> None:
        try:
            for turn in range(40):
                wish = DefaultWish(is_default=True, replace_existing=True)
                both.office.contracts.set_default(LOCAL, others[turn % 6].id, wish)
                both.lab.world.change("s-1-1", quantity=turn + 1)
                both.lab.sync()
        finally:
            both.mirror.close()
            ended.set()

    thread = threading.Thread(target=keep_changing)
    thread.start()
    while not ended.is_set():
        both.push()
    thread.join()
    both.push()
    assert both.waiting() == []
    defaults = {one.id: both.crm.value(C, one.id, "is_default") for one in others}
    assert sum(bool(flag) for flag in defaults.values()) == 1
    assert defaults[others[39 % 6].id] is True
    assert both.crm.value(S, both.subscription, "quantity") == 40
    deltas = [
        both.crm.value(CrmNoun.LICENSE_CHANGE, one, "quantity_delta")
        for one in both.crm.ids(CrmNoun.LICENSE_CHANGE)
        if both.crm.value(CrmNoun.LICENSE_CHANGE, one, "subscription_id") == both.subscription
    ]
    assert sum(int(str(delta)) for delta in deltas) == 40


def test_what_is_the_agents_is_told_of_a_record_that_cannot_be_read(pair: ToldCrm) -> None:
    pair.crm.mar(S, pair.subscription)
    pair.lab.world.change("s-1-1", quantity=7)
    pair.lab.sync()
    pair.push()
    assert pair.crm.value(S, pair.subscription, "quantity") == 7
    assert pair.waiting() == []


def test_a_command_about_a_record_that_cannot_be_read_is_put_aside_until_it_can(
    pair: ToldCrm,
) -> None:
    pair.crm.mar(C, pair.contract.id, "no such choice")
    pair.office.contracts.update(LOCAL, pair.contract.id, ContractEdit(name="Ours"))
    assert pair.push().parked == 1
    [[error]] = pair.lab.rows("SELECT last_error FROM crm_outbox WHERE parked")
    assert error == "what the CRM shows of it cannot be read: no such choice"
    pair.crm.mend(C, pair.contract.id)
    pair.lab.clock.move(minutes=61)
    pair.push()
    assert pair.crm.value(C, pair.contract.id, "name") == "Ours"
    assert pair.waiting() == []
