"""Rows as they are read outside of change tracking: one by its key, or a query page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from seatsync.errors import AnswerUnreadable
from seatsync_dataverse.errors import RowMissing
from seatsync_dataverse.odata import columns as select_list
from seatsync_dataverse.odata import key_path, query, row_path
from seatsync_dataverse.payload import page_decoder, read, row_decoder
from seatsync_dataverse.prefer import Prefer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatsync_dataverse.api import Api
    from seatsync_dataverse.odata import KeyValue
    from seatsync_dataverse.payload import Page, Row
    from seatsync_dataverse.table_ref import TableRef

MOST_PAGES = 10_000


class Rows:
    """Reads rows; safe to share between threads."""

    def __init__(self, api: Api, page_size: int) -> None:
        """Ask for `page_size` rows at a time."""
        self._api = api
        self._page_size = page_size

    def get(self, table: TableRef, row_id: UUID, columns: Sequence[str]) -> Row | None:
        """Return a row's columns, its key and its entity tag; None if there is no such row."""
        return self._one(row_path(table.entity_set, row_id), columns)

    def by_key(
        self, table: TableRef, key: Mapping[str, KeyValue], columns: Sequence[str]
    ) -> Row | None:
        """Return the row with an alternate key, or None; raises `BadInput` as `key_path` does."""
        return self._one(key_path(table.entity_set, key), columns)

    def find(
        self,
        entity_set: str,
        columns: Sequence[str] = (),
        where: str | None = None,
        expand: str | None = None,
    ) -> Iterator[Row]:
        """Yield the rows that a filter admits; pages follow as they are needed.

        `where` is a filter whose literals `odata.literal` made. Raises `AnswerUnreadable` for
        pages that go round in a circle.
        """
        prefer = Prefer(page_size=self._page_size)
        address = query(entity_set, select=select_list(columns), filter=where, expand=expand)
        page = read(self._api.get(address, prefer), page_decoder)
        seen: set[str] = set()
        yield from page.value
        while page.next_link is not None:
            require_new(page.next_link, seen, entity_set)
            page = self._page(page.next_link, prefer)
            yield from page.value

    def _one(self, path: str, columns: Sequence[str]) -> Row | None:
        try:
            return read(self._api.get(query(path, select=select_list(columns))), row_decoder)
        except RowMissing:
            return None

    def _page(self, link: str, prefer: Prefer) -> Page:
        return read(self._api.follow(link, prefer), page_decoder)


def require_new(link: str, seen: set[str], what: str) -> None:
    """Remember a link; raises `AnswerUnreadable` for one that was there before, or too many."""
    if link in seen or len(seen) >= MOST_PAGES:
        message = f"the pages of {what} do not end"
        raise AnswerUnreadable(message, remedy="Nothing was concluded from it; it is read again.")
    seen.add(link)


def read_id(value: Any, what: str) -> UUID:
    """Return an id of an answer; raises `AnswerUnreadable` for what is none."""
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        message = f"Dataverse answers with a row of {what} without a usable id"
        raise AnswerUnreadable(message) from error
