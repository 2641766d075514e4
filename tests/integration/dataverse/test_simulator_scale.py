"""The simulated Dataverse stays quick and modest with many rows."""

from __future__ import annotations

import tracemalloc
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from simulated_crm import THING, THINGS, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm

ROWS = 50_000
SELECT = f"{THINGS}?$select=demo_name,demo_externalid,demo_quantity,_demo_accountid_value"
TRACK = "odata.track-changes"


@pytest.fixture(scope="module")
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        accounts = crm.simulator.add_many("account", ({"name": str(n)} for n in range(5_000)))
        rows = (
            {"demo_externalid": f"T-{n}", "demo_quantity": n, "demo_accountid": accounts[n % 5_000]}
            for n in range(ROWS)
        )
        crm.simulator.add_many(THING, rows)
        yield crm


def timed(crm: SimulatedCrm, link: str) -> float:
    """Return the seconds of the quickest of some reads."""
    taken = []
    for _ in range(5):
        start = perf_counter()
        assert crm.get(link, TRACK, "odata.maxpagesize=100").status_code == 200
        taken.append(perf_counter() - start)
    return min(taken)


def test_a_late_page_costs_no_more_than_an_early_one(crm: SimulatedCrm) -> None:
    late = crm.get(SELECT, TRACK, "odata.maxpagesize=5000").json()["@odata.nextLink"]
    late = late.replace("=%225000.", f"=%22{ROWS - 200}.")
    assert timed(crm, late) < 10 * timed(crm, SELECT) + 0.05


def test_an_idle_poll_and_one_change_are_found_without_looking_at_all_rows(
    crm: SimulatedCrm,
) -> None:
    link = crm.pages(SELECT, TRACK)[-1]["@odata.deltaLink"]
    assert timed(crm, link) < 0.05
    thing = crm.simulator.rows(THING)[ROWS // 2]["demo_thingid"]
    crm.simulator.edit(THING, thing, {"demo_quantity": 1})
    assert [row["demo_thingid"] for row in crm.get(link).json()["value"]] == [thing]
    assert timed(crm, link) < 0.05


def test_a_row_takes_little_memory(crm: SimulatedCrm) -> None:
    tracemalloc.start()
    rows = ({"demo_externalid": f"M-{n}", "demo_quantity": n} for n in range(5_000))
    crm.simulator.add_many(THING, rows)
    crm.simulator.forget()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / 5_000 < 2_500
