"""A mirror kept by the simulated change tracking agrees, whatever happens between its pages."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from simulated_crm import THING, THINGS, SimulatedCrm, simulated_crm

SELECT = f"{THINGS}?$select=demo_quantity"
NUMBERS = st.integers(0, 5)


class Mirroring(RuleBasedStateMachine):
    """People write; a reader takes one page at a time, and sometimes starts all over again."""

    def __init__(self) -> None:
        super().__init__()
        self.served = simulated_crm()
        self.crm: SimulatedCrm = self.served.__enter__()
        self.things: list[str] = []
        self.mirror: dict[str, Any] = {}
        self.seen: set[str] | None = None
        self.link = SELECT

    @rule(quantity=NUMBERS)
    def create(self, quantity: int) -> None:
        number = len(self.things)
        self.things.append(self.crm.add_thing(number, demo_quantity=quantity))

    @precondition(lambda self: self.things)
    @rule(place=NUMBERS, quantity=NUMBERS)
    def edit(self, place: int, quantity: int) -> None:
        thing = self.things[place % len(self.things)]
        if self.crm.simulator.row(THING, thing) is not None:
            self.crm.simulator.edit(THING, thing, {"demo_quantity": quantity})

    @precondition(lambda self: self.things)
    @rule(place=NUMBERS)
    def delete(self, place: int) -> None:
        thing = self.things[place % len(self.things)]
        if self.crm.simulator.row(THING, thing) is not None:
            self.crm.simulator.delete(THING, thing)

    @precondition(lambda self: self.things)
    @rule(place=NUMBERS)
    def make_again(self, place: int) -> None:
        thing = self.things[place % len(self.things)]
        if self.crm.simulator.row(THING, thing) is None:
            self.crm.simulator.add(THING, {"demo_quantity": 9}, row_id=thing)

    @rule()
    def start_again(self) -> None:
        self.link = SELECT

    @rule()
    def read_a_page(self) -> None:
        if self.link == SELECT:
            self.seen = set()
        tracking = ("odata.track-changes",) if self.link == SELECT else ()
        page = self.crm.get(self.link, *tracking, "odata.maxpagesize=2").json()
        for row in page["value"]:
            self.take(row)
        self.link = page.get("@odata.nextLink") or page["@odata.deltaLink"]
        if "@odata.deltaLink" in page and self.seen is not None:
            self.mirror = {row_id: self.mirror[row_id] for row_id in self.seen & set(self.mirror)}
            self.seen = None

    def take(self, row: dict[str, Any]) -> None:
        if row.get("reason") == "deleted":
            self.mirror.pop(row["id"], None)
            return
        self.mirror[row["demo_thingid"]] = row["demo_quantity"]
        if self.seen is not None:
            self.seen.add(row["demo_thingid"])

    def teardown(self) -> None:
        self.read_a_page()
        while "$skiptoken" in self.link:
            self.read_a_page()
        self.read_a_page()
        while "$skiptoken" in self.link:
            self.read_a_page()
        rows = self.crm.simulator.rows(THING)
        self.served.__exit__(None, None, None)
        assert self.mirror == {row["demo_thingid"]: row["demo_quantity"] for row in rows}


Mirroring.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
test_a_mirror_agrees_with_the_rows_at_rest = Mirroring.TestCase
