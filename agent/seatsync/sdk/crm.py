"""The contract between the agent and a CRM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmChange, CrmNoun, CrmPage, CrmValue
    from seatsync.errors import SeatsyncError


@dataclass(frozen=True, slots=True)
class CrmWrite:
    """One record to be written under its own id.

    `values` are by field name: everything the agent knows for a `create`, else only what changed.
    `version` is the one that the write was decided on; None writes whatever version there is.
    `is_repeated` tells that an earlier try, perhaps of a process that was killed, may have been
    carried out.
    """

    noun: CrmNoun
    id: UUID
    values: Mapping[str, CrmValue]
    is_create: bool = False
    version: str | None = None
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class CrmWritten:
    """What became of one of several writes: the version it made, where told, or the fault."""

    write: CrmWrite
    version: str | None = None
    fault: SeatsyncError | None = None


@dataclass(frozen=True, slots=True)
class CrmFinding:
    """One thing that the CRM lacks, or has otherwise than seatsync needs it."""

    where: str
    message: str
    remedy: str


class CrmConnection(Protocol):
    """One CRM. Plain generators; called from worker threads, and safe to share between them.

    Every method may raise `PassingFault` (try again later), `StandingFault` (a person must act)
    and `Cancelled`.
    """

    @property
    def lanes(self) -> int:
        """How many writes the CRM takes at the same time, from 1 to 16."""
        ...

    @property
    def agent_user(self) -> UUID:
        """The user that the agent's own writes show as `changed_by`."""
        ...

    def changes(self, noun: CrmNoun, mark: str | None) -> Iterator[CrmPage]:
        """Yield what changed since `mark`, or all records of a noun without one, page by page.

        Raises `CrmMarkExpired` when the mark cannot be continued from.
        """
        ...

    def kept(self, noun: CrmNoun, values: Mapping[str, CrmValue]) -> Mapping[str, CrmValue]:
        """Return what the CRM shows of these values once it was told them; asks nothing.

        It cuts what is too long, rounds, forgets microseconds, and leaves out the fields that its
        schema lacks. A field of the mirror is as in the CRM if and only if what this returns of it
        equals what was read there, so that nothing which the CRM cannot hold looks changed.
        """
        ...

    def fetch(self, noun: CrmNoun, ids: Collection[UUID]) -> Sequence[CrmChange]:
        """Return the records with these ids as they are now; `CrmGone` for those not there."""
        ...

    def write(self, write: CrmWrite) -> str | None:
        """Make or change one record, and return its new version, if it is told.

        A write that was carried out already is a success, and tells no version: somebody may
        have changed other fields since, which a pull has yet to see. Raises `CrmConflict` when
        the record has another version by now, `CrmRecordGone` when it, or one that it refers to,
        is not there, `CrmRecordExists` when the record of a `create` is there and differs, and
        another `SkippedFault` when the CRM refuses this record alone.
        """
        ...

    def load(self, writes: Sequence[CrmWrite]) -> Iterator[CrmWritten]:
        """Yield what becomes of many records of one noun that are to be made, in order."""
        ...

    def user_name(self, user_id: UUID) -> str | None:
        """Return the full name of a user of the CRM, or None for one that it does not know."""
        ...

    def close(self) -> None:
        """Give back connections; this is not used afterwards."""
        ...


class CrmSchema(Protocol):
    """The tables that a CRM keeps for the agent: made by set-up, compared by the check."""

    def set_up(self) -> Iterator[str]:
        """Make what is missing, and yield a sentence for each thing that was made.

        Nothing is made twice, and nothing that is there is changed but what the agent needs.
        """
        ...

    def check(self) -> Iterator[CrmFinding]:
        """Yield everything that is not as seatsync needs it, without changing anything."""
        ...

    def close(self) -> None:
        """Give back connections; this is not used afterwards."""
        ...
