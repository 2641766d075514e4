"""Change tracking: a whole table once, then only what changed (use change tracking)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from seatsync.errors import AnswerUnreadable, BadInput
from seatsync_dataverse.errors import FullReadNeeded
from seatsync_dataverse.odata import columns as select_list
from seatsync_dataverse.odata import query
from seatsync_dataverse.payload import ETAG, page_decoder, read
from seatsync_dataverse.prefer import Prefer
from seatsync_dataverse.problem import Problem
from seatsync_dataverse.rows import read_id, require_new

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from seatsync_dataverse.api import Api
    from seatsync_dataverse.payload import Page, Row
    from seatsync_dataverse.table_ref import TableRef

_GONE = "/$deletedEntity"
_NOT_TRACKED = (
    "Switch change tracking on for this table: `seatsync crm setup` does so, `seatsync crm check`"
    " shows where it is off."
)


@dataclass(frozen=True, slots=True)
class TrackedQuery:
    """One table and the columns that are mirrored of it.

    A query that tracks changes takes no filter, order, expansion or top (use change tracking):
    the whole table is read, and filtered here.
    """

    table: TableRef
    columns: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What the select list is recognised by; a link is good for the list it was made with."""
        return sha256(f"{self.table.entity_set}?{','.join(self.columns)}".encode()).hexdigest()

    @property
    def path(self) -> str:
        """The address of the first read."""
        if not self.columns:
            message = f"a tracked query of {self.table.logical_name} without columns"
            raise BadInput(message)
        return query(self.table.entity_set, select=select_list(self.columns))


@dataclass(frozen=True, slots=True)
class DeltaMark:
    """Where the next read continues: kept together with the rows that led to it."""

    link: str
    digest: str


@dataclass(frozen=True, slots=True)
class Held:
    """A row that was made or changed; the service does not tell which.

    `etag` may be compared for equality, and nothing else (conditional operations).
    """

    row_id: UUID
    etag: str
    row: Row


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that is not there any more, perhaps one that was never seen."""

    row_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A page of changes in the order of the service; `mark` comes with the last one only.

    The same change may come again in a later read: carrying it out twice must do no harm.
    """

    changes: Sequence[Held | Gone]
    mark: DeltaMark | None = None


class Changes:
    """Reads tables by change tracking; safe to share between threads."""

    def __init__(self, api: Api, page_size: int) -> None:
        """Ask for `page_size` rows at a time, of the 5,000 that are allowed at most."""
        self._api = api
        self._page_size = page_size

    def read(self, tracked: TrackedQuery, mark: DeltaMark | None = None) -> Iterator[ChangePage]:
        """Yield what changed since `mark`, or the whole table without one, page by page.

        Whoever keeps rows must keep the last page's mark in the same transaction as they. Raises
        `FullReadNeeded` when the mark is too old, or was made for other columns: then read
        without a mark, and what was not in that read is gone. No annotations are asked for: a
        service was seen to leave the link out then (powerapps-docs issue 439).
        """
        prefer = Prefer(self._page_size, tracks_changes=mark is None)
        page = self._first(tracked, mark, prefer)
        seen = {mark.link} if mark else set[str]()
        while page.next_link is not None:
            require_new(page.next_link, seen, tracked.table.entity_set)
            yield ChangePage(_changes(page, tracked.table))
            page = read(self._api.follow(page.next_link, prefer), page_decoder)
        yield ChangePage(_changes(page, tracked.table), _mark(page, tracked))

    def _first(self, tracked: TrackedQuery, mark: DeltaMark | None, prefer: Prefer) -> Page:
        if mark is None:
            return read(self._api.get(tracked.path, prefer), page_decoder)
        if mark.digest != tracked.digest:
            raise _other_columns(tracked)
        return read(self._api.follow(mark.link, prefer), page_decoder)


def _changes(page: Page, table: TableRef) -> list[Held | Gone]:
    return [_change(row, table) for row in page.value]


def _change(row: Row, table: TableRef) -> Held | Gone:
    context = row.get("@odata.context")
    if isinstance(context, str) and context.endswith(_GONE):
        return Gone(read_id(row.get("id"), table.entity_set), str(row.get("reason", "deleted")))
    row_id = read_id(row.get(table.primary_id), table.entity_set)
    return Held(row_id, str(row.get(ETAG, "")), row)


def _mark(page: Page, tracked: TrackedQuery) -> DeltaMark:
    if page.delta_link is None:
        message = f"Dataverse tracks no changes of {tracked.table.logical_name}"
        raise AnswerUnreadable(message, remedy=_NOT_TRACKED)
    return DeltaMark(page.delta_link, tracked.digest)


def _other_columns(tracked: TrackedQuery) -> FullReadNeeded:
    said = f"the mark of {tracked.table.logical_name} was made for other columns"
    return FullReadNeeded(Problem(0, message=said), remedy="The whole table is read again.")
