"""Any sequence of writes, faults, kills and edits of others: every write takes effect once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatsync.errors import SkippedFault
from seatsync.sdk.simulator import answers, dropped, throttled
from seatsync_dataverse.errors import RowChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.simulator import Fault
    from seatsync_dataverse.client import DataverseClient
    from seatsync_dataverse.simulator import Simulator
    from seatsync_dataverse.table_ref import TableRef

    Connect = Callable[..., DataverseClient]

FAULTS: dict[str, Fault | None] = {
    "none": None,
    "lost": None,
    "unavailable": answers(503),
    "broken": answers(500),
    "dropped": dropped(),
    "throttled": throttled("3"),
}


@dataclass(frozen=True)
class Step:
    """A write, what goes wrong with its first try, and whether the process dies right after."""

    kind: str
    count: int
    fault: str
    is_handed_in_again: bool


steps = st.builds(
    Step,
    st.sampled_from(["create", "update", "unchanged", "upsert", "delete", "edit"]),
    st.integers(0, 2),
    st.sampled_from(sorted(FAULTS)),
    st.booleans(),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sequence=st.lists(steps, max_size=8))
def test_every_write_takes_effect_once(
    connect: Connect, crm: Simulator, things: TableRef, sequence: list[Step]
) -> None:
    row_id = UUID(int=len(crm.rows("demo_thing")) + 1_000_000 + crm.requests())
    expected: int | None = None
    client = connect()
    for step in sequence:
        crm.traffic.faults.clear()
        if step.kind == "edit":
            expected = _edit(crm, row_id, expected)
            continue
        _plan(crm, step.fault)
        before = _writes(crm, row_id)
        wanted = _wanted(step, expected)
        etag = _etag(crm, row_id)
        _carry_out(client, things, row_id, step, etag)
        if step.is_handed_in_again:
            client = connect()
            _carry_out(client, things, row_id, step, etag)
        assert _count(crm, row_id) == wanted
        assert _writes(crm, row_id) - before == (0 if wanted == expected else 1)
        expected = wanted


def _wanted(step: Step, expected: int | None) -> int | None:
    """Return the count that the row should have afterwards; None for no row."""
    if step.kind == "delete":
        return None
    makes = step.kind == "upsert" or (step.kind == "create" and expected is None)
    return step.count if makes or (expected is not None and step.kind != "create") else expected


def _carry_out(
    client: DataverseClient, things: TableRef, row_id: UUID, step: Step, etag: str
) -> None:
    values = {"demo_count": step.count}
    writer = client.writer
    kinds: dict[str, Callable[[], Any]] = {
        "create": lambda: writer.create(things, row_id, values),
        "update": lambda: writer.update(things, row_id, values, look_first=True),
        "unchanged": lambda: writer.update(things, row_id, values, match=etag, look_first=True),
        "upsert": lambda: writer.upsert(things, row_id, values, look_first=True),
        "delete": lambda: writer.delete(things, row_id),
    }
    with suppress(SkippedFault, RowChanged):
        kinds[step.kind]()


def _plan(crm: Simulator, fault: str) -> None:
    if fault == "lost":
        crm.drop_after_commit("demo_things", method="(PATCH|DELETE)")
    planned = FAULTS[fault]
    if planned is not None:
        crm.fail(planned, "demo_things", method="(PATCH|DELETE)")


def _edit(crm: Simulator, row_id: UUID, expected: int | None) -> int | None:
    if expected is None:
        return None
    crm.edit("demo_thing", str(row_id), {"demo_count": 77})
    return 77


def _count(crm: Simulator, row_id: UUID) -> int | None:
    row = crm.row("demo_thing", str(row_id))
    return None if row is None else row["demo_count"]


def _etag(crm: Simulator, row_id: UUID) -> str:
    is_there = crm.row("demo_thing", str(row_id)) is not None
    return crm.etag("demo_thing", str(row_id)) if is_there else 'W/"0"'


def _writes(crm: Simulator, row_id: UUID) -> int:
    return len([one for one in crm.journal if one.row_id == str(row_id)])
