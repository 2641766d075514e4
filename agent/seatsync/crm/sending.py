"""Sending writes to the CRM, several at once, and collecting what became of each."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync.errors import (
    CrmConflict,
    CrmRecordExists,
    CrmRecordGone,
    SeatsyncError,
    SkippedFault,
)
from seatsync.sdk.crm import CrmWritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Future
    from uuid import UUID

    from seatsync.sdk.crm import CrmConnection, CrmWrite

_CONTESTS = (CrmConflict, CrmRecordExists, CrmRecordGone)


@dataclass(slots=True)
class Sent:
    """What became of writes, by their records; a `fault` stopped those that are not in here."""

    taken: list[CrmWritten] = field(default_factory=list)
    contested: dict[UUID, SeatsyncError] = field(default_factory=dict)
    """Those that the CRM holds otherwise than it was thought to."""
    refused: dict[UUID, SeatsyncError] = field(default_factory=dict)
    fault: BaseException | None = None

    def add(self, written: CrmWritten) -> None:
        """Sort in what became of one write."""
        fault = written.fault
        if fault is None:
            self.taken.append(written)
        elif isinstance(fault, _CONTESTS):
            self.contested[written.write.id] = fault
        elif isinstance(fault, SkippedFault):
            self.refused[written.write.id] = fault
        else:
            self.fault = self.fault or fault


def send(crm: CrmConnection, writes: Sequence[CrmWrite]) -> Sent:
    """Write records one by one, over as many lanes as the CRM has.

    The pool's threads ask the CRM only: they have no part in any transaction.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(max(1, min(crm.lanes, len(writes))), "crm-write") as pool:
        return _collected([pool.submit(_send_one, crm, write, stop) for write in writes])


def load(crm: CrmConnection, writes: Sequence[CrmWrite]) -> Sent:
    """Make many records by the CRM's own bulk way."""
    sent = Sent()
    try:
        for written in crm.load(writes):
            sent.add(written)
    except SeatsyncError as fault:
        sent.fault = fault
    return sent


def _collected(futures: Iterable[Future[CrmWritten | None]]) -> Sent:
    sent = Sent()
    for future in futures:
        if fault := future.exception():
            sent.fault = sent.fault or fault
        elif written := future.result():
            sent.add(written)
    return sent


def _send_one(crm: CrmConnection, write: CrmWrite, stop: threading.Event) -> CrmWritten | None:
    written: CrmWritten | None = None
    if stop.is_set():
        return written
    try:
        written = CrmWritten(write, crm.write(write))
    except (SkippedFault, CrmConflict) as fault:
        written = CrmWritten(write, fault=fault)
    finally:
        if written is None:
            stop.set()
    return written
