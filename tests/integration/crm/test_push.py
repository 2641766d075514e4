"""What changes here reaches the CRM: once, complete, in order, and over nobody's change."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from crm_sides import Mortal
from memory_crm import REFUSAL, Fault
from model_crm import NOUNS
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import Owner, fields_of
from seatsync.errors import Cancelled, ProviderUnreachable
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory_crm import MemoryCrm
    from seatsync.sdk.crm import CrmWrite, CrmWritten
    from told_crm import ToldCrm

S, C = CrmNoun.SUBSCRIPTION, CrmNoun.BILLING_CONTRACT


class Loading(Mortal):
    """A CRM that remembers how many records were made in bulk at a time."""

    def __init__(self, crm: MemoryCrm) -> None:
        super().__init__(crm, 0, is_after=False)
        self.loaded: list[int] = []

    def load(self, writes: Sequence[CrmWrite]) -> Iterator[CrmWritten]:
        self.loaded.append(len(writes))
        return super().load(writes)


def test_everything_is_told_and_nothing_twice(both: ToldCrm) -> None:
    for noun in NOUNS:
        assert both.crm.ids(noun) == both.ids(noun)
        for record_id in both.ids(noun):
            held = both.crm.held(noun, record_id)
            assert held
            assert held.values == both.crm.kept(noun, both.ours(noun, record_id))
    assert both.waiting() == []
    both.push()
    assert both.changed() == []


def test_a_record_is_told_after_those_that_it_refers_to(both: ToldCrm) -> None:
    both.lab.world.fill(customers=3, each=2)
    both.lab.sync()
    summary = both.push()
    order = list(CrmNoun)
    places = [order.index(write.noun) for write in both.changed()]
    assert places == sorted(places)
    assert (summary.created, summary.updated) == (2 + 4 + 4, 0)


def test_an_update_names_what_changed_and_the_version_that_was_seen(both: ToldCrm) -> None:
    held = both.crm.held(S, both.subscription)
    both.lab.world.change("s-1-1", quantity=7)
    both.lab.sync()
    both.push()
    [update] = [write for write in both.changed() if write.noun is S]
    assert dict(update.values) == {"quantity": 7}
    assert held
    assert update.version == held.version
    assert not update.is_create
    assert not update.is_repeated


def test_the_version_that_a_write_made_is_remembered(pair: ToldCrm) -> None:
    for quantity in (7, 8):
        pair.lab.world.change("s-1-1", quantity=quantity)
        pair.lab.sync()
        pair.push()
    assert pair.crm.requests("fetch") == []
    assert pair.crm.value(S, pair.subscription, "quantity") == 8


def test_several_changes_of_a_record_go_out_once_with_the_last_state(pair: ToldCrm) -> None:
    for quantity in (7, 8, 9):
        pair.lab.world.change("s-1-1", quantity=quantity)
        pair.lab.sync()
    pair.push()
    [update] = [write for write in pair.changed() if write.noun is S]
    assert dict(update.values) == {"quantity": 9}


def test_a_price_is_named_only_to_put_back_a_row_that_was_deleted(pair: ToldCrm) -> None:
    pair.crm.edit(S, pair.subscription, unit_price_amount=Decimal(5), unit_price_currency="EUR")
    pair.pull()
    pair.lab.world.change("s-1-1", quantity=7)
    pair.lab.world.subscription("s-1-3")
    pair.lab.sync()
    pair.push()
    alone = fields_of(S, Owner.CRM_ALONE)
    assert not any(alone.intersection(write.values) for write in pair.changed() if write.noun is S)
    pair.crm.delete(S, pair.subscription)
    pair.pull()
    pair.push()
    [put_back] = [write for write in pair.changed() if write.noun is S]
    assert put_back.values["unit_price_amount"] == 5
    assert pair.crm.value(S, pair.subscription, "unit_price_currency") == "EUR"


def test_records_are_told_over_all_lanes_and_no_more(pair: ToldCrm) -> None:
    pair.crm.lanes = 3
    together = threading.Barrier(3, timeout=10)

    def wait_for_the_others(write: CrmWrite) -> None:
        if write.noun is S:
            together.wait()

    pair.crm.before_write = wait_for_the_others
    pair.lab.world.fill(customers=1, each=2 + 6)
    pair.lab.sync()
    pair.push()
    assert pair.crm.most_at_once == 3


def test_many_new_records_go_in_bulk(pair: ToldCrm) -> None:
    pair.lab.world.fill(customers=1, each=2 + 100)
    pair.lab.world.change("s-1-1", quantity=3)
    pair.lab.sync()
    crm = Loading(pair.crm)
    summary = pair.push(crm)
    assert crm.loaded == [100, 101]
    assert (summary.created, summary.updated) == (201, 1)
    assert pair.waiting() == []


def test_what_went_in_bulk_is_changed_after_a_look_at_its_version(pair: ToldCrm) -> None:
    pair.lab.world.fill(customers=1, each=2 + 100)
    pair.lab.sync()
    pair.push()
    pair.crm.edit(S, pair.lab.id("s-1-9"), unit_price_amount=Decimal(5), unit_price_currency="EUR")
    pair.lab.world.change("s-1-9", quantity=4)
    pair.lab.sync()
    pair.changed()
    pair.push()
    [update] = [write for write in pair.changed() if write.noun is S]
    assert update.version
    priced = pair.office.found_subscription(pair.lab.id("s-1-9")).unit_price
    assert priced
    assert priced.amount == 5


def test_a_record_that_the_crm_refuses_is_put_aside_and_the_others_go_on(both: ToldCrm) -> None:
    both.crm.plant(Fault.REFUSE, S, both.subscription)
    for name in ("s-1-1", "s-1-2"):
        both.lab.world.change(name, quantity=7)
    both.lab.sync()
    summary = both.push()
    assert summary.parked == 1
    assert both.crm.value(S, both.lab.id("s-1-2"), "quantity") == 7
    assert both.crm.value(S, both.subscription, "quantity") == 10
    [[error]] = both.lab.rows("SELECT last_error FROM crm_outbox WHERE parked")
    assert error == f"{REFUSAL} Ask whoever keeps that plug-in."
    both.push()
    assert both.crm.value(S, both.subscription, "quantity") == 10
    both.lab.clock.move(minutes=61)
    both.push()
    assert both.crm.value(S, both.subscription, "quantity") == 7
    assert both.waiting() == []


def test_children_wait_for_a_parent_that_the_crm_refuses(both: ToldCrm) -> None:
    both.crm.plant(Fault.REFUSE, CrmNoun.PROVIDER_ACCOUNT, times=1)
    both.lab.world.customer("c-2")
    both.lab.world.subscription("s-2-1", "c-2")
    both.lab.sync()
    summary = both.push()
    assert (summary.created, summary.parked, summary.held_back) == (0, 1, 2)
    assert len(both.changed()) == 1
    both.lab.clock.move(minutes=61)
    summary = both.push()
    assert (summary.created, summary.held_back) == (3, 0)
    assert both.waiting() == []


def test_what_the_mirror_has_no_more_is_told_to_nobody(pair: ToldCrm) -> None:
    made = pair.office.contract(pair.account, "Yearly").id
    with pair.mirror.writing():
        pair.mirror.execute("DELETE FROM billing_contract WHERE id = :id", {"id": made})
    pair.push()
    assert pair.changed() == []
    assert pair.waiting() == []


def test_a_crm_that_goes_away_ends_the_push_with_what_was_told_settled(both: ToldCrm) -> None:
    both.crm.lanes = 1
    for name in ("s-1-1", "s-1-2"):
        both.lab.world.change(name, quantity=7)
    both.lab.sync()
    both.crm.plant(Fault.UNREACHABLE, S, both.lab.id("s-1-2"))
    with pytest.raises(ProviderUnreachable):
        both.push()
    nouns = [noun for noun, *_ in both.waiting()]
    assert nouns == ["subscription", "license_change", "license_change"]
    both.push()
    assert both.waiting() == []
    assert both.crm.value(S, both.lab.id("s-1-2"), "quantity") == 7


def test_a_push_that_is_cancelled_tells_nothing_more(pair: ToldCrm) -> None:
    control = Control()
    pair.crm.before_write = lambda _write: control.cancel()
    pair.lab.world.subscription("s-1-3")
    pair.lab.sync()
    with pytest.raises(Cancelled):
        pair.push(control=control)
    assert [noun for noun, *_ in pair.waiting()] == ["license_change"]
    with pytest.raises(Cancelled):
        pair.push(control=control)
    assert len(pair.changed()) == 1


def test_a_push_tells_how_far_it_is(pair: ToldCrm) -> None:
    told: list[tuple[int, int | None, str | None]] = []
    pair.lab.world.subscription("s-1-3")
    pair.lab.sync()
    pair.push(progress=lambda *progress: told.append(progress))
    assert told == [
        (1, 2, "telling the CRM of subscriptions"),
        (2, 2, "telling the CRM of license changes"),
    ]
