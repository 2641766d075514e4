"""A CRM in memory, with users who edit in it and faults on request: for tests of both directions.

It keeps to what `seatsync.sdk.crm` says and is as unhelpful as a CRM may be: instants lose their
microseconds, bulk writes tell no versions, marks expire, answers get lost, and deleting a record
empties the references to it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmGone, CrmNoun, CrmPage, CrmRecord, CrmUnreadable
from seatsync.domain.ids import new_id
from seatsync.domain.ownership import FIELDS, Owner, fields_of
from seatsync.errors import (
    CrmConflict,
    CrmMarkExpired,
    CrmRecordExists,
    CrmRecordGone,
    ProviderUnreachable,
    SkippedFault,
)
from seatsync.sdk.crm import CrmWritten

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmChange, CrmValue
    from seatsync.sdk.crm import CrmWrite

REFUSAL = "A plug-in of the CRM refuses this record."


class Fault(Enum):
    """What may befall one write."""

    REFUSE = auto()
    """The CRM does not take this record, and nothing is written."""
    CONFLICT = auto()
    """The CRM says that somebody changed the record, and nothing is written."""
    DROP_ANSWER = auto()
    """It is written, and the answer is lost."""
    UNREACHABLE = auto()
    """The CRM is not there, and nothing is written."""


@dataclass(frozen=True)
class Request:
    """One request that the CRM was asked; `kind` is the name of the method, `ids` what it named."""

    kind: str
    noun: CrmNoun | None = None
    ids: tuple[UUID, ...] = ()
    write: CrmWrite | None = None


@dataclass
class _Planted:
    fault: Fault
    noun: CrmNoun | None
    id: UUID | None
    times: int

    def befalls(self, write: CrmWrite) -> bool:
        is_meant = self.noun in {None, write.noun} and self.id in {None, write.id}
        return is_meant and self.times > 0


@dataclass
class MemoryCrm:
    """Implements `CrmConnection`; `edit`, `add` and `delete` are what the CRM's own users do.

    `journal` lists every request; a read of changes is one request a page. `before_write` is
    called ahead of each write that arrives, for users who are quicker.
    """

    lanes: int = 4
    page_size: int = 5_000
    agent_user: UUID = field(default_factory=new_id)
    users: dict[UUID, str] = field(default_factory=dict)
    journal: list[Request] = field(default_factory=list)
    lacking: dict[CrmNoun, frozenset[str]] = field(default_factory=dict)
    """Fields that the CRM's schema does not have, by noun."""
    is_away: bool = False
    """Whether nothing of it can be reached."""
    is_closed: bool = False
    before_write: Callable[[CrmWrite], None] | None = None
    before_reading: dict[CrmNoun, Callable[[], None]] = field(default_factory=dict)
    """What happens once, as the changes of a noun are about to be read."""
    most_at_once: int = 0
    """How many writes were on their way at the same time, at most."""

    def __post_init__(self) -> None:
        self._records: dict[CrmNoun, dict[UUID, CrmRecord]] = {noun: {} for noun in CrmNoun}
        self._touched: dict[CrmNoun, dict[UUID, int]] = {noun: {} for noun in CrmNoun}
        self._marred: dict[UUID, str] = {}
        self._sequence = 0
        self._oldest_mark = 0
        self._planted: list[_Planted] = []
        self._lock = threading.RLock()
        self._writing = 0
        self.somebody = self.user("Mira Holt")
        """The user who does what no test says another one does."""

    def user(self, name: str) -> UUID:
        """Add a user, and return the id."""
        user_id = new_id()
        self.users[user_id] = name
        return user_id

    def add(
        self,
        noun: CrmNoun,
        record_id: UUID | None = None,
        by: UUID | None = None,
        **values: CrmValue,
    ) -> UUID:
        """Make a record as a user does, and return its id; what is not named is empty."""
        with self._lock:
            made = record_id or new_id()
            assert made not in self._records[noun], "there is one already"
            self._keep(noun, made, values, by or self.somebody)
            return made

    def edit(
        self, noun: CrmNoun, record_id: UUID, by: UUID | None = None, **values: CrmValue
    ) -> None:
        """Change a record as a user does."""
        with self._lock:
            assert record_id in self._records[noun], "there is no such record"
            self._keep(noun, record_id, values, by or self.somebody)

    def delete(self, noun: CrmNoun, record_id: UUID, *, unlinks: bool = True) -> None:
        """Delete a record as a user does; `unlinks` empties what refers to it, as Dataverse may."""
        with self._lock:
            del self._records[noun][record_id]
            self._touch(noun, record_id)
            if unlinks:
                self._unlink(noun, record_id)

    def mar(self, noun: CrmNoun, record_id: UUID, reason: str = "no such choice") -> None:
        """Let a record mean nothing from now on."""
        with self._lock:
            self._marred[record_id] = reason
            self._keep(noun, record_id, {}, self.somebody)

    def mend(self, noun: CrmNoun, record_id: UUID) -> None:
        """Let a record mean something again."""
        with self._lock:
            del self._marred[record_id]
            self._keep(noun, record_id, {}, self.somebody)

    def expire_marks(self) -> None:
        """Forget what happened until now: no mark given out so far can be continued from."""
        with self._lock:
            self._sequence += 1
            self._oldest_mark = self._sequence

    def plant(
        self,
        fault: Fault,
        noun: CrmNoun | None = None,
        record_id: UUID | None = None,
        times: int = 1,
    ) -> None:
        """Let `fault` befall the next writes (of a noun, of a record)."""
        self._planted.append(_Planted(fault, noun, record_id, times))

    def ids(self, noun: CrmNoun) -> set[UUID]:
        """Return the ids of the records that there are."""
        return set(self._records[noun])

    def held(self, noun: CrmNoun, record_id: UUID) -> CrmRecord | None:
        """Return a record as it is, or None, without asking for it."""
        return self._records[noun].get(record_id)

    def value(self, noun: CrmNoun, record_id: UUID, name: str) -> CrmValue:
        """Return one field of a record that there is."""
        return self._records[noun][record_id].values[name]

    def requests(self, *kinds: str) -> list[Request]:
        """Return what was asked, or what was asked in these ways."""
        return [request for request in self.journal if not kinds or request.kind in kinds]

    def writes(self) -> list[CrmWrite]:
        """Return every write that arrived, carried out or not."""
        return [request.write for request in self.journal if request.write]

    def changes(self, noun: CrmNoun, mark: str | None) -> Iterator[CrmPage]:
        """Yield what changed since `mark`, or everything."""
        self.before_reading.pop(noun, lambda: None)()
        since = self._since(mark)
        with self._lock:
            end = self._sequence
            touched = self._touched[noun].items()
            wanted = sorted(
                (when, one)
                for one, when in touched
                if when > since and (mark is not None or one in self._records[noun])
            )
        names = [one for _, one in wanted]
        starts = range(0, len(names), self.page_size) or [0]
        for start in starts:
            is_last = start + self.page_size >= len(names)
            page = self._now(noun, names[start : start + self.page_size])
            self._ask(Request("changes", noun))
            yield CrmPage(page, str(end) if is_last else None)

    def kept(self, noun: CrmNoun, values: Mapping[str, CrmValue]) -> dict[str, CrmValue]:
        """Return values as they read back."""
        lacking = self.lacking.get(noun, frozenset())
        return {name: _to_the_second(one) for name, one in values.items() if name not in lacking}

    def fetch(self, noun: CrmNoun, ids: Collection[UUID]) -> Sequence[CrmChange]:
        """Return records as they are now."""
        self._ask(Request("fetch", noun, tuple(ids)))
        return self._now(noun, ids)

    def write(self, write: CrmWrite) -> str | None:
        """Make or change one record."""
        with self._counted():
            if self.before_write:
                self.before_write(write)
            self._ask(Request("write", write.noun, (write.id,), write))
            fault = self._befallen(write)
            if fault is Fault.UNREACHABLE:
                raise ProviderUnreachable("the CRM did not answer")
            if fault is Fault.REFUSE:
                raise SkippedFault(REFUSAL, remedy="Ask whoever keeps that plug-in.")
            if fault is Fault.CONFLICT:
                raise _conflict(write)
            version = self._carry_out(write)
            if fault is Fault.DROP_ANSWER:
                raise ProviderUnreachable("the CRM's answer was lost")
            return version

    def load(self, writes: Sequence[CrmWrite]) -> Iterator[CrmWritten]:
        """Make many records; their versions are not told."""
        for write in writes:
            try:
                self.write(write)
            except SkippedFault as fault:
                yield CrmWritten(write, fault=fault)
            else:
                yield CrmWritten(write)

    def user_name(self, user_id: UUID) -> str | None:
        """Return the name of a user."""
        self._ask(Request("user_name", None, (user_id,)))
        return self.users.get(user_id)

    def close(self) -> None:
        """Note that nobody asks any more."""
        self.is_closed = True

    def _ask(self, request: Request) -> None:
        with self._lock:
            self.journal.append(request)
        if self.is_away:
            raise ProviderUnreachable("the CRM cannot be reached")

    def _since(self, mark: str | None) -> int:
        if mark is None:
            return -1
        if int(mark) < self._oldest_mark:
            self._ask(Request("changes"))
            raise CrmMarkExpired("the mark is too old")
        return int(mark)

    def _now(self, noun: CrmNoun, ids: Collection[UUID]) -> list[CrmChange]:
        with self._lock:
            return [self._change(noun, one) for one in ids]

    def _change(self, noun: CrmNoun, record_id: UUID) -> CrmChange:
        record = self._records[noun].get(record_id)
        if record is None:
            return CrmGone(noun, record_id)
        if record_id in self._marred:
            return CrmUnreadable(noun, record_id, record.version, self._marred[record_id])
        return record

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self._writing += 1
            self.most_at_once = max(self.most_at_once, self._writing)
        try:
            yield
        finally:
            with self._lock:
                self._writing -= 1

    def _befallen(self, write: CrmWrite) -> Fault | None:
        with self._lock:
            planted = next((one for one in self._planted if one.befalls(write)), None)
            if planted is None:
                return None
            planted.times -= 1
            return planted.fault

    def _carry_out(self, write: CrmWrite) -> str | None:
        with self._lock:
            held = self._records[write.noun].get(write.id)
            if not write.is_create:
                alone = fields_of(write.noun, Owner.CRM_ALONE).intersection(write.values)
                assert not alone, f"an update names what is the CRM's alone: {sorted(alone)}"
                if held is None:
                    raise CrmRecordGone(f"there is no {write.noun} {write.id}")
            self._require_neighbours(write)
            if held is not None and self._stops(write, held):
                return None
            self._keep(write.noun, write.id, write.values, self.agent_user)
            return self._records[write.noun][write.id].version

    def _stops(self, write: CrmWrite, held: CrmRecord) -> bool:
        """Tell whether a write is done already; raise if it must not be done."""
        is_behind = write.version not in {None, held.version}
        if not write.is_create and not is_behind:
            return False
        wanted = self.kept(write.noun, write.values)
        if all(held.values[name] == value for name, value in wanted.items()):
            return True
        if write.is_create:
            raise CrmRecordExists(f"there is a {write.noun} {write.id}, and it differs")
        raise _conflict(write)

    def _require_neighbours(self, write: CrmWrite) -> None:
        for one in FIELDS[write.noun]:
            value = write.values.get(one.name)
            if one.refers_to and value is not None and value not in self._records[one.refers_to]:
                raise CrmRecordGone(f"{one.name} {value} is not there")
        keys = [one.name for one in FIELDS[write.noun] if one.is_key]
        if write.is_create and keys:
            wanted = [write.values[name] for name in keys]
            for other in self._records[write.noun].values():
                if other.id != write.id and [other.values[name] for name in keys] == wanted:
                    raise CrmRecordExists(f"the key of {write.id} is taken by {other.id}")

    def _keep(
        self, noun: CrmNoun, record_id: UUID, values: Mapping[str, CrmValue], by: UUID
    ) -> None:
        lacking = self.lacking.get(noun, frozenset())
        known = {one.name for one in FIELDS[noun]}
        assert known.issuperset(values), f"no such field: {sorted(set(values) - known)}"
        empty: dict[str, CrmValue] = dict.fromkeys(known - lacking)
        held = self._records[noun].get(record_id)
        before = held.values if held else empty
        kept = {name: one for name, one in before.items() if name not in lacking}
        kept |= self.kept(noun, values)
        self._touch(noun, record_id)
        version = f'W/"{self._sequence}"'
        created_by = held.created_by if held else by
        self._records[noun][record_id] = CrmRecord(noun, record_id, version, kept, by, created_by)

    def _touch(self, noun: CrmNoun, record_id: UUID) -> None:
        self._sequence += 1
        self._touched[noun][record_id] = self._sequence

    def _unlink(self, noun: CrmNoun, record_id: UUID) -> None:
        for other, fields in FIELDS.items():
            for one in (one for one in fields if one.refers_to is noun):
                for record in list(self._records[other].values()):
                    if record.values.get(one.name) == record_id:
                        self._touch(other, record.id)
                        self._records[other][record.id] = replace(
                            record,
                            version=f'W/"{self._sequence}"',
                            values={**record.values, one.name: None},
                            changed_by=self.somebody,
                        )


def _conflict(write: CrmWrite) -> CrmConflict:
    return CrmConflict(f"the {write.noun} {write.id} was changed meanwhile")


def _to_the_second(value: CrmValue) -> CrmValue:
    return value.replace(microsecond=0) if isinstance(value, datetime) else value
