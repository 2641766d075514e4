"""Several writes at once, and what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from memory_crm import MemoryCrm
from seatsync.crm.delivery import references
from seatsync.crm.sending import load, send
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id
from seatsync.errors import (
    Cancelled,
    CrmConflict,
    CrmRecordExists,
    CrmRecordGone,
    PermissionMissing,
    ProviderUnreachable,
    SkippedFault,
)
from seatsync.sdk.crm import CrmWrite, CrmWritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from seatsync.errors import SeatsyncError


@dataclass
class FaultyCrm(MemoryCrm):
    """A CRM that answers some writes with a fault."""

    faults: dict[UUID, BaseException] = field(default_factory=dict)
    told: dict[UUID, SeatsyncError] = field(default_factory=dict)
    """Faults of single rows in a load."""
    asked: list[UUID] = field(default_factory=list)

    def write(self, write: CrmWrite) -> str | None:
        self.asked.append(write.id)
        if fault := self.faults.get(write.id):
            raise fault
        return "1"

    def load(self, writes: Sequence[CrmWrite]) -> Iterator[CrmWritten]:
        for write in writes:
            yield CrmWritten(write, self.write(write), self.told.get(write.id))


def some_writes(count: int = 4) -> list[CrmWrite]:
    values = {"name": "Aster Mills"}
    return [CrmWrite(CrmNoun.ACCOUNT, new_id(), values, is_create=True) for _ in range(count)]


def test_every_write_is_told_apart_by_what_became_of_it() -> None:
    writes = some_writes(5)
    taken, conflict, exists, gone, refused = (write.id for write in writes)
    faults: dict[UUID, Any] = {
        conflict: CrmConflict("changed"),
        exists: CrmRecordExists("differs"),
        gone: CrmRecordGone("gone"),
        refused: SkippedFault("too long"),
    }
    sent = send(FaultyCrm(faults=faults), writes)
    assert [one.write.id for one in sent.taken] == [taken]
    assert sent.contested == {one: faults[one] for one in (conflict, exists, gone)}
    assert sent.refused == {refused: faults[refused]}
    assert sent.fault is None


@pytest.mark.parametrize(
    "fault",
    [ProviderUnreachable("away"), PermissionMissing("not us"), Cancelled(), ZeroDivisionError()],
)
def test_a_fault_of_the_connection_stops_what_has_not_begun(fault: BaseException) -> None:
    writes = some_writes()
    crm = FaultyCrm(lanes=1, faults={writes[1].id: fault})
    sent = send(crm, writes)
    assert sent.fault is fault
    assert sent.taken[0].write is writes[0]
    assert len(crm.asked) < len(writes)


def test_what_was_loaded_before_a_fault_is_known() -> None:
    writes = some_writes()
    fault = ProviderUnreachable("away")
    sent = load(FaultyCrm(faults={writes[2].id: fault}), writes)
    assert [one.write for one in sent.taken] == writes[:2]
    assert sent.fault is fault


def test_a_fault_of_the_connection_told_of_one_row_stops_as_well() -> None:
    [write] = some_writes(1)
    fault = ProviderUnreachable("away")
    assert load(FaultyCrm(told={write.id: fault}), [write]).fault is fault


def test_a_write_refers_to_what_its_lookups_name() -> None:
    account = new_id()
    write = CrmWrite(CrmNoun.BILLING_CONTRACT, new_id(), {"name": "One", "account_id": account})
    assert references(write) == {(CrmNoun.ACCOUNT, account)}
    emptied = CrmWrite(CrmNoun.BILLING_CONTRACT, new_id(), {"account_id": None})
    assert references(emptied) == frozenset()
