"""The organisation as the agent's CRM: records by noun in the place of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmGone, CrmPage
from seatsync.errors import SeatsyncError, SkippedFault
from seatsync.sdk.crm import CrmWritten
from seatsync_dataverse.bulk import NewRow
from seatsync_dataverse.client import DataverseClient
from seatsync_dataverse.crm_record import meaning_of, read_record, selected
from seatsync_dataverse.currencies import Currencies
from seatsync_dataverse.delta import Gone, TrackedQuery
from seatsync_dataverse.filling import Filling
from seatsync_dataverse.limits import kept
from seatsync_dataverse.mapped import shapes_for
from seatsync_dataverse.mark import opened, sealed
from seatsync_dataverse.people import People
from seatsync_dataverse.rows import read_id
from seatsync_dataverse.tables import Tables
from seatsync_dataverse.writer import ANY
from seatsync_dataverse.written import Outcome, Written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmChange, CrmNoun, CrmValue
    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.crm import CrmWrite
    from seatsync_dataverse.bulk import Loaded
    from seatsync_dataverse.delta import Held
    from seatsync_dataverse.settings import DataverseSettings

FETCHED_AT_ONCE = 50
"""Rows that are asked for by their ids in one filter, which keeps its address below 4 KB."""


class DataverseConnection:
    """Implements `seatsync.sdk.crm.CrmConnection`.

    An idle poll is one request for each table; a new process asks once for the names of all
    tables, and, when somebody first wants to know, who it is there. What only writes need is read
    with the first write, currencies with the first price.
    """

    def __init__(self, settings: DataverseSettings, context: ConnectorContext) -> None:
        """Prepare it; nothing is sent yet."""
        self._client = DataverseClient(settings, context)
        self._shapes = shapes_for(settings.tables)
        self._tables = Tables(self._client.metadata, self._shapes)
        self._currencies = Currencies(self._client.rows)
        self._filling = Filling(self._tables, self._currencies)
        self._people = People(self._client.api, self._client.rows)

    @property
    def lanes(self) -> int:
        """How many writes the service recommends at the same time."""
        return self._client.lanes

    @property
    def agent_user(self) -> UUID:
        """The application's user."""
        return self._people.agent()

    def changes(self, noun: CrmNoun, mark: str | None) -> Iterator[CrmPage]:
        """Yield what changed since `mark`, or the whole table without one."""
        shape = self._shapes[noun]
        tracked, meaning = TrackedQuery(self._tables.ref(noun), selected(shape)), meaning_of(shape)
        for page in self._client.changes.read(tracked, opened(mark, tracked, meaning)):
            changes = [self._change(noun, change) for change in page.changes]
            yield CrmPage(changes, sealed(page.mark, meaning) if page.mark else None)

    def kept(self, noun: CrmNoun, values: Mapping[str, CrmValue]) -> Mapping[str, CrmValue]:
        """Return what the columns can hold of these values."""
        return kept(self._shapes[noun], values)

    def fetch(self, noun: CrmNoun, ids: Collection[UUID]) -> Sequence[CrmChange]:
        """Return rows as they are now, in the order of `ids`."""
        wanted = list(ids)
        parts = (
            wanted[start : start + FETCHED_AT_ONCE]
            for start in range(0, len(wanted), FETCHED_AT_ONCE)
        )
        return [change for part in parts for change in self._fetched(noun, part)]

    def write(self, write: CrmWrite) -> str | None:
        """Make or change one row."""
        values = self._filling.values(self._shapes[write.noun], write)
        table, writer = self._tables.ref(write.noun), self._client.writer
        if write.is_create:
            return _version(write, writer.create(table, write.id, values, told=True))
        if not values:
            return None
        written = writer.update(
            table,
            write.id,
            values,
            match=write.version or ANY,
            look_first=write.is_repeated,
            told=True,
        )
        return _version(write, written)

    def load(self, writes: Sequence[CrmWrite]) -> Iterator[CrmWritten]:
        """Yield what becomes of many rows, in messages of many; no versions are told."""
        if not writes:
            return
        rows = [self._new_row(write) for write in writes]
        table = self._tables.ref(writes[0].noun)
        loaded = self._client.bulk.create(table, [row for row in rows if isinstance(row, NewRow)])
        for write, row in zip(writes, rows, strict=True):
            yield CrmWritten(write, fault=_fault(next(loaded) if isinstance(row, NewRow) else row))

    def user_name(self, user_id: UUID) -> str | None:
        """Return the full name of a user."""
        return self._people.name(user_id)

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def _change(self, noun: CrmNoun, change: Held | Gone) -> CrmChange:
        if isinstance(change, Gone):
            return CrmGone(noun, change.row_id)
        return read_record(self._shapes[noun], change.row_id, change.row, self._currencies.code)

    def _fetched(self, noun: CrmNoun, ids: Sequence[UUID]) -> Iterator[CrmChange]:
        shape, table = self._shapes[noun], self._tables.ref(noun)
        where = " or ".join(f"{table.primary_id} eq {one}" for one in ids)
        rows = {
            read_id(row.get(table.primary_id), table.entity_set): row
            for row in self._client.rows.find(table.entity_set, selected(shape), where)
        }
        for one in ids:
            row = rows.get(one)
            yield (
                CrmGone(noun, one)
                if row is None
                else read_record(shape, one, row, self._currencies.code)
            )

    def _new_row(self, write: CrmWrite) -> NewRow | SkippedFault:
        try:
            return NewRow(write.id, self._filling.values(self._shapes[write.noun], write))
        except SkippedFault as fault:
            return fault


def _version(write: CrmWrite, written: Written) -> str | None:
    """Return the version that a write made, if nobody else's change can be part of it."""
    is_ours_alone = written.outcome is Outcome.CREATED or (
        written.outcome is Outcome.UPDATED and write.version is not None
    )
    return written.etag if is_ours_alone else None


def _fault(result: Loaded | SkippedFault) -> SeatsyncError | None:
    if isinstance(result, SkippedFault):
        return result
    return result.result if isinstance(result.result, SeatsyncError) else None
