"""The rows of the simulated Dataverse keep together what belongs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync_dataverse.simulator.address import read_address
from seatsync_dataverse.simulator.condition import read_condition
from seatsync_dataverse.simulator.ledger import Ledger
from seatsync_dataverse.simulator.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable

IDS = [f"id-{number}" for number in range(4)]
WRITES = st.lists(
    st.tuples(st.sampled_from(IDS), st.one_of(st.none(), st.integers(0, 9))), max_size=12
)


class Undo(Exception):
    """Ends a unit of work that must leave nothing."""


def write(rows: Rows, writes: list[tuple[str, int | None]]) -> None:
    for row_id, value in writes:
        if value is not None:
            rows.put(row_id, (value, f"{row_id} {value}"))
        elif rows.get(row_id) is not None:
            rows.remove(row_id)


def write_and_undo(
    ledger: Ledger,
    rows: Rows,
    writes: list[tuple[str, int | None]],
    afterwards: Callable[[], None] = lambda: None,
) -> None:
    with ledger.atomically():
        write(rows, writes)
        ledger.afterwards(afterwards)
        raise Undo


def everything(rows: Rows) -> Any:
    end = rows.log_place(10**9)
    return {
        "walk": [(row.row_id, row.values, row.version) for row in rows.walk(0)],
        "changed": [(place, row.row_id) for place, row in rows.changed(0, end)],
        "deleted": list(rows.deleted(0, end)),
        "by value": {n: sorted(row.row_id for row in rows.matching(0, n)) for n in range(10)},
    }


@given(WRITES, WRITES)
def test_what_is_undone_was_never_there(
    before: list[tuple[str, int | None]], undone: list[tuple[str, int | None]]
) -> None:
    ledger = Ledger()
    rows = Rows(ledger)
    write(rows, before)
    expected = everything(rows)
    with pytest.raises(Undo):
        write_and_undo(ledger, rows, undone)
    assert everything(rows) == expected


@given(WRITES)
def test_each_row_is_walked_once_and_is_in_the_log_once(
    writes: list[tuple[str, int | None]],
) -> None:
    rows = Rows(Ledger())
    write(rows, writes)
    last = dict(writes)
    there = {row_id for row_id, value in last.items() if value is not None}
    assert sorted(row.row_id for row in rows.walk(0)) == sorted(there)
    found = everything(rows)
    assert sorted(row_id for _, row_id in found["changed"]) == sorted(there)
    touched = {row_id for _, row_id in found["deleted"]}
    assert touched.isdisjoint(there)


@given(WRITES, WRITES)
def test_the_log_tells_from_any_version_on_what_has_become_of_the_rows(
    before: list[tuple[str, int | None]], after: list[tuple[str, int | None]]
) -> None:
    ledger = Ledger()
    rows = Rows(ledger)
    write(rows, before)
    mirror = {row.row_id: row.values for row in rows.walk(0)}
    start = rows.log_place(ledger.version)
    write(rows, after)
    end = rows.log_place(ledger.version)
    mirror |= {row.row_id: row.values for _, row in rows.changed(start, end)}
    for _, row_id in rows.deleted(start, end):
        mirror.pop(row_id, None)
    assert mirror == {row.row_id: row.values for row in rows.walk(0)}


def test_a_unit_of_work_inside_another_is_undone_alone() -> None:
    ledger = Ledger()
    rows = Rows(ledger)
    told: list[str] = []
    with ledger.atomically():
        rows.put("kept", (1,))
        ledger.afterwards(lambda: told.append("kept"))
        with pytest.raises(Undo):
            write_and_undo(ledger, rows, [("undone", 2)], lambda: told.append("undone"))
        assert told == []
    assert [row.row_id for row in rows.walk(0)] == ["kept"]
    assert told == ["kept"]


@given(st.text(st.characters(exclude_characters="/<>*%&:\\?+", codec="utf-8"), min_size=1))
def test_any_text_without_a_forbidden_character_can_be_a_key(text: str) -> None:
    quoted = text.replace("'", "''")
    [segment] = read_address(f"things(name='{quoted}')")
    assert segment.keys == {"name": text}


@given(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]))
def test_comparisons_compare(left: int, right: int, word: str) -> None:
    shown = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}[word]
    condition = read_condition(f"x {word} {right}")
    assert condition.holds({"x": left}.get) is eval(f"{left} {shown} {right}")  # noqa: S307 - two digits
