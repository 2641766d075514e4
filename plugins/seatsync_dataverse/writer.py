"""Single rows, written so that no retry can double anything.

There is no idempotency key in the Web API. So a row is made under our own id with
`If-None-Match: *`, and whenever it is unknown whether a write was carried out (the connection
dropped, a timeout, a fault of the service, or a 412 on what may have been our own earlier try, even
one of a process that was killed) the row is read back and compared with what was written.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from seatsync.errors import AnswerUnreadable
from seatsync_dataverse.api import RETRY
from seatsync_dataverse.errors import CrmUnreachable, RowChanged, RowExists, RowMissing
from seatsync_dataverse.odata import key_path, query, row_path
from seatsync_dataverse.prefer import Prefer
from seatsync_dataverse.row_write import TAG, RowWrite
from seatsync_dataverse.value import body_of, differing, read_names
from seatsync_dataverse.written import Outcome, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from seatsync_dataverse.api import Api
    from seatsync_dataverse.odata import KeyValue
    from seatsync_dataverse.payload import Row
    from seatsync_dataverse.rows import Rows
    from seatsync_dataverse.table_ref import TableRef
    from seatsync_dataverse.value import Value

ANY = "*"
"""As an entity tag: whatever version the row has, as long as it exists."""

TRIES = 3


class Writer:
    """Writes rows; safe to share between threads, as many at a time as the service recommends.

    Refusals are `SkippedFault`s, which concern this row alone; `PassingFault`s, after which the
    same write may be handed in again; and `StandingFault`s, which concern every write.
    """

    def __init__(self, api: Api, rows: Rows) -> None:
        """Read back with `rows`."""
        self._api = api
        self._rows = rows

    def create(
        self, table: TableRef, row_id: UUID, values: Mapping[str, Value], *, told: bool = False
    ) -> Written:
        """Make a row under our own id; `told` asks for its entity tag.

        A row that is there already and holds all of it is a success. Raises `RowExists` for one
        that differs, and where another row has one of its alternate keys.
        """
        write = self._by_id(table, row_id, values, Outcome.CREATED)
        return self._settled(replace(write, precondition={"If-None-Match": ANY}, is_told=told))

    def update(
        self,
        table: TableRef,
        row_id: UUID,
        values: Mapping[str, Value],
        *,
        match: str = ANY,
        known: Row | None = None,
        look_first: bool = False,
        told: bool = False,
    ) -> Written:
        """Change a row's columns, as long as it exists, or has the entity tag `match`.

        Of what the row is `known` to hold nothing is sent; `look_first` reads it for that: wise
        when this write may have been handed in before. A bare PATCH would make a missing row, so
        `If-Match` is always sent (update and delete table rows). Raises `RowMissing`, and
        `RowChanged` unless the row holds all of it already.
        """
        write = self._by_id(table, row_id, values, Outcome.UPDATED)
        whole = replace(write, precondition={"If-Match": match}, is_told=told)
        return self._what_differs(whole, self._look(whole) if look_first else known)

    def upsert(
        self,
        table: TableRef,
        row_id: UUID,
        values: Mapping[str, Value],
        *,
        look_first: bool = False,
        told: bool = False,
    ) -> Written:
        """Make or change a row under our own id, whichever it takes; `look_first` as for `update`.

        Only with `told` does the service say which of the two it was.
        """
        write = self._by_id(table, row_id, values, Outcome.WRITTEN)
        whole = replace(write, is_told=told)
        return self._what_differs(whole, self._look(whole) if look_first else None)

    def upsert_by_key(
        self, table: TableRef, key: Mapping[str, KeyValue], values: Mapping[str, Value]
    ) -> Written:
        """Make or change the row with an alternate key, and learn its id.

        Key columns are left out of the body: a row that exists drops them, and one that does not
        would take them instead of the address's (use upsert). The answer is asked for because
        without it the service names the row by its key, not by its id.
        """
        write = RowWrite(
            table=table,
            path=key_path(table.entity_set, key),
            find=partial(self._rows.by_key, table, key),
            values={column: value for column, value in values.items() if column not in key},
            outcome=Outcome.WRITTEN,
            is_told=True,
        )
        return self._settled(write)

    def delete(self, table: TableRef, row_id: UUID, *, match: str | None = None) -> Written:
        """Delete a row, or only the version `match` of it; one that is gone already is a success.

        Raises `RowChanged`.
        """
        path = query(row_path(table.entity_set, row_id), tag=TAG)
        headers = {} if match is None else {"If-Match": match}

        def send() -> Written:
            try:
                self._api.write("DELETE", path, headers=headers)
            except RowMissing:
                return Written(row_id, Outcome.GONE)
            return Written(row_id, Outcome.DELETED)

        # A second try that finds nothing is as good as a first one that was answered.
        return self._repeated(send, lambda: None)

    def _by_id(
        self, table: TableRef, row_id: UUID, values: Mapping[str, Value], outcome: Outcome
    ) -> RowWrite:
        find = partial(self._rows.get, table, row_id)
        return RowWrite(table, row_path(table.entity_set, row_id), find, values, outcome, row_id)

    def _look(self, write: RowWrite) -> Row | None:
        return write.find(read_names(write.values))

    def _what_differs(self, write: RowWrite, row: Row | None) -> Written:
        if row is None:
            return self._settled(write)
        already = write.already(row)
        return already or self._settled(replace(write, values=differing(write.values, row)))

    def _settled(self, write: RowWrite) -> Written:
        return self._repeated(partial(self._patch, write), partial(self._found, write))

    def _repeated(
        self, send: Callable[[], Written], found: Callable[[], Written | None]
    ) -> Written:
        for attempt in range(1, TRIES):
            try:
                return send()
            except CrmUnreachable as fault:
                self._api.context.control.sleep(RETRY.wait_s(attempt))
                settled = found() if fault.may_have_happened else None
                if settled is not None:
                    return settled
        return send()

    def _patch(self, write: RowWrite) -> Written:
        try:
            response = self._api.write(
                "PATCH",
                write.address,
                body_of(write.values),
                Prefer(representation=write.is_told),
                write.precondition,
            )
        except (RowExists, RowChanged):
            settled = self._found(write)
            if settled is None:
                raise
            return settled
        return write.answered(response) or self._confirmed(write)

    def _found(self, write: RowWrite) -> Written | None:
        return write.already(self._look(write))

    def _confirmed(self, write: RowWrite) -> Written:
        settled = self._found(write)
        if settled is None:
            message = f"Dataverse took a write to {write.table.logical_name}, and does not hold it"
            raise AnswerUnreadable(message)
        return settled
