"""Many rows at once, for a first load: CreateMultiple and UpsertMultiple (bulk operations).

Rows go under our own ids. Naming them by an alternate key is left out on purpose: a key column
that is repeated beside the key fails the message, but only where the row does not exist yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from seatsync.errors import AnswerUnreadable, SeatsyncError, SkippedFault
from seatsync_dataverse.errors import RowChanged
from seatsync_dataverse.load_parts import Next, Parts, after
from seatsync_dataverse.odata import literal, query
from seatsync_dataverse.payload import read
from seatsync_dataverse.row_write import TAG
from seatsync_dataverse.value import body_of
from seatsync_dataverse.written import Outcome, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from uuid import UUID

    import httpx

    from seatsync_dataverse.api import Api
    from seatsync_dataverse.rows import Rows
    from seatsync_dataverse.table_ref import TableRef
    from seatsync_dataverse.value import Value
    from seatsync_dataverse.writer import Writer

CREATE, UPSERT = "CreateMultiple", "UpsertMultiple"
START = 200
"""Rows in the first messages, of the 100 to 1,000 that are recommended to begin with."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be loaded under our own id."""

    row_id: UUID
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one row: written, or the fault that concerns it alone."""

    row: NewRow
    result: Written | SeatsyncError


class _Made(msgspec.Struct):
    ids: list[str] = msgspec.field(name="Ids")


_made_decoder = msgspec.json.Decoder(_Made)

if TYPE_CHECKING:
    Many = Callable[[TableRef, Sequence[NewRow]], list[Loaded]]
    One = Callable[[TableRef, NewRow], Written]


class Bulk:
    """Loads rows in messages of many, and singly where a message fails as a whole.

    On standard tables one bad row rolls back its whole message, and the answer does not say which
    (bulk operations): the message is halved until the bad row stands alone. After an answer that
    was lost, each row is written singly, which tells what is there already.
    """

    def __init__(self, api: Api, rows: Rows, writer: Writer) -> None:
        """Ask with `rows` what is offered, and write single rows with `writer`."""
        self._api = api
        self._rows = rows
        self._writer = writer

    def is_offered(self, table: TableRef, message: str) -> bool:
        """Tell whether a table has a bulk message; not every system table has."""
        where = (
            f"sdkmessageid/name eq {literal(message)}"
            f" and primaryobjecttypecode eq {literal(table.logical_name)}"
        )
        found = self._rows.find("sdkmessagefilters", ("sdkmessagefilterid",), where)
        return next(found, None) is not None

    def create(
        self, table: TableRef, rows: Sequence[NewRow], size: int = START
    ) -> Iterator[Loaded]:
        """Yield what becomes of each row that is to be made, in order, `size` to a message.

        What is there already and holds all of it is a success. Raises a `PassingFault` or a
        `StandingFault` that concerns every row; what was yielded by then is done.
        """
        return _load(table, Parts(rows, size), self._create_many, self._create_one)

    def upsert(
        self, table: TableRef, rows: Sequence[NewRow], size: int = START
    ) -> Iterator[Loaded]:
        """Yield what becomes of each row that is to be made or changed, `size` to a message.

        The service tells of none which of the two it was: it answers without a body, whatever
        its reference says (UpsertMultiple).
        """
        return _load(table, Parts(rows, size), self._upsert_many, self._upsert_one)

    def _create_many(self, table: TableRef, rows: Sequence[NewRow]) -> list[Loaded]:
        made = read(self._send(CREATE, table, rows), _made_decoder).ids
        if [one.lower() for one in made] != [str(row.row_id) for row in rows]:
            message = f"{CREATE} of {table.logical_name} answers with other ids than ours"
            raise AnswerUnreadable(message)
        return [Loaded(row, Written(row.row_id, Outcome.CREATED)) for row in rows]

    def _create_one(self, table: TableRef, row: NewRow) -> Written:
        return self._writer.create(table, row.row_id, row.values)

    def _upsert_many(self, table: TableRef, rows: Sequence[NewRow]) -> list[Loaded]:
        self._send(UPSERT, table, rows)
        return [Loaded(row, Written(row.row_id, Outcome.WRITTEN)) for row in rows]

    def _upsert_one(self, table: TableRef, row: NewRow) -> Written:
        return self._writer.upsert(table, row.row_id, row.values, look_first=True)

    def _send(self, message: str, table: TableRef, rows: Sequence[NewRow]) -> httpx.Response:
        address = query(f"{table.entity_set}/Microsoft.Dynamics.CRM.{message}", tag=TAG)
        return self._api.write("POST", address, {"Targets": [_target(table, row) for row in rows]})


def _load(table: TableRef, parts: Parts[NewRow], many: Many, one: One) -> Iterator[Loaded]:
    for part in parts:
        if len(part) == 1:
            yield _alone(one, table, part[0])
            continue
        try:
            done = many(table, part)
        except SeatsyncError as fault:
            then = after(fault)
            if then is Next.STOP:
                raise
            parts.put_back(part, then)
        else:
            yield from done


def _alone(one: One, table: TableRef, row: NewRow) -> Loaded:
    try:
        return Loaded(row, one(table, row))
    except (SkippedFault, RowChanged) as fault:
        return Loaded(row, fault)


def _target(table: TableRef, row: NewRow) -> dict[str, object]:
    # The type is required in every target, though the address says it too.
    return {
        "@odata.type": table.odata_type,
        table.primary_id: row.row_id,
        **body_of(row.values),
    }
