"""What CRM users do, in the words of the domain, whatever CRM they do it in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from memory_crm import Fault, MemoryCrm
from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmChange, CrmPage, CrmValue
    from seatsync.sdk.crm import CrmConnection, CrmWrite, CrmWritten


class CrmSide(Protocol):
    """A CRM from the side of its users, and of whatever goes wrong there."""

    def connect(self, control: Control) -> CrmConnection:
        """Let the agent in."""
        ...

    def control(self) -> Control:
        """Return what lets the agent wait no longer than it takes here."""
        ...

    def add(self, noun: CrmNoun, **values: CrmValue) -> UUID:
        """Make a record."""
        ...

    def edit(self, noun: CrmNoun, record_id: UUID, **values: CrmValue) -> None:
        """Change a record."""
        ...

    def delete(self, noun: CrmNoun, record_id: UUID) -> None:
        """Delete a record."""
        ...

    def ids(self, noun: CrmNoun) -> list[UUID]:
        """Return which records there are, in an order that does not change by itself."""
        ...

    def expire(self) -> None:
        """Let no mark be good any more."""
        ...

    def lose_answers(self, times: int) -> None:
        """Carry out the next writes without telling."""
        ...

    def refuse(self, times: int) -> None:
        """Do not take the next records that are written."""
        ...

    @contextmanager
    def away(self) -> Iterator[None]:
        """Be out of reach for a while."""
        ...

    def calm_down(self) -> None:
        """Let nothing go wrong any more."""
        ...

    def changes_made(self) -> int:
        """Return how many changes were ever made to records, by anybody."""
        ...


class MemorySide:
    """A CRM in memory."""

    def __init__(self) -> None:
        self.crm = MemoryCrm(lanes=1, page_size=3)
        self.crm.users[self.crm.somebody] = "Example Person"

    def connect(self, control: Control) -> CrmConnection:
        del control  # nothing in memory takes long
        return self.crm

    def control(self) -> Control:
        return Control()

    def add(self, noun: CrmNoun, **values: CrmValue) -> UUID:
        return self.crm.add(noun, None, None, **values)

    def edit(self, noun: CrmNoun, record_id: UUID, **values: CrmValue) -> None:
        self.crm.edit(noun, record_id, None, **values)

    def delete(self, noun: CrmNoun, record_id: UUID) -> None:
        self.crm.delete(noun, record_id)

    def ids(self, noun: CrmNoun) -> list[UUID]:
        return list(self.crm._records[noun])

    def expire(self) -> None:
        self.crm.expire_marks()

    def lose_answers(self, times: int) -> None:
        self.crm.plant(Fault.DROP_ANSWER, times=times)

    def refuse(self, times: int) -> None:
        self.crm.plant(Fault.REFUSE, times=times)

    @contextmanager
    def away(self) -> Iterator[None]:
        self.crm.is_away = True
        yield
        self.crm.is_away = False

    def calm_down(self) -> None:
        self.crm._planted.clear()

    def changes_made(self) -> int:
        return self.crm._sequence


class Killed(BaseException):
    """The process is gone, as far as what it was doing can tell."""


class Mortal:
    """A connection whose process is killed at the nth call, before or after it is carried out."""

    def __init__(self, crm: CrmConnection, calls: int, *, is_after: bool) -> None:
        self._crm = crm
        self._calls = calls
        self._is_after = is_after
        self.lanes = 1
        self.agent_user = crm.agent_user

    def changes(self, noun: CrmNoun, mark: str | None) -> Iterator[CrmPage]:
        for page in self._crm.changes(noun, mark):
            with self._mortal():
                yield page

    def kept(self, noun: CrmNoun, values: Mapping[str, CrmValue]) -> Mapping[str, CrmValue]:
        return self._crm.kept(noun, values)

    def fetch(self, noun: CrmNoun, ids: Collection[UUID]) -> Sequence[CrmChange]:
        with self._mortal():
            return self._crm.fetch(noun, ids)

    def write(self, write: CrmWrite) -> str | None:
        with self._mortal():
            return self._crm.write(write)

    def load(self, writes: Sequence[CrmWrite]) -> Iterator[CrmWritten]:
        with self._mortal():
            yield from self._crm.load(writes)

    def user_name(self, user_id: UUID) -> str | None:
        return self._crm.user_name(user_id)

    def close(self) -> None:
        self._crm.close()

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        self._calls -= 1
        if not self._calls and not self._is_after:
            raise Killed
        yield
        if not self._calls:
            raise Killed


def everything(crm: CrmConnection, noun: CrmNoun) -> dict[UUID, CrmRecord]:
    """Return every record of a noun, read without a mark."""
    found: dict[UUID, CrmRecord] = {}
    for page in crm.changes(noun, None):
        for change in page.changes:
            assert not isinstance(change, CrmGone)
            assert isinstance(change, CrmRecord), change
            found[change.id] = change
    return found
