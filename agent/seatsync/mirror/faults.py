"""Telling what a database driver's error means, and what is to be done about it."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg2
from pony.orm.core import ConnectionClosedError, IsolationError, OrmError
from pony.orm.dbapiprovider import Error as PonyDriverError

from seatsync.errors import DatabaseBusy, DatabaseUnusable
from seatsync.mirror.address import redact_url

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRIMARY_CODE = 0xFF
"""SQLite's extended result codes carry the primary one in their lowest byte."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    kind: type[DatabaseBusy | DatabaseUnusable]
    sentence: str
    remedy: str


_HELD = _Verdict(
    DatabaseBusy,
    "another process held it for too long",
    "Let the other process finish; the work is tried again.",
)
_FULL = _Verdict(DatabaseBusy, "its disk is full", "Free disk space; the work is tried again.")
_DISK = _Verdict(
    DatabaseBusy, "its disk reports a fault", "Check the disk; the work is tried again."
)
_LOST = _Verdict(
    DatabaseBusy,
    "its server refused or broke the connection",
    "Check that the server runs, and host, user, password and database name in database.url.",
)
_CONFLICT = _Verdict(
    DatabaseBusy,
    "somebody else changed the same records at the same time",
    "Nothing was changed; the work is tried again.",
)
_EXHAUSTED = _Verdict(
    DatabaseBusy,
    "its server has no more connections or memory to give",
    "Raise the server's limits, or run fewer workers; the work is tried again.",
)
_READ_ONLY = _Verdict(
    DatabaseUnusable,
    "it can only be read",
    "Let the agent's user write the file and its folder, or give it a server that is no standby.",
)
_CLOSED = _Verdict(
    DatabaseUnusable,
    "its file cannot be opened",
    "Check that the folder exists, and that the agent's user may read and write it.",
)
_DAMAGED = _Verdict(
    DatabaseUnusable,
    "its file is damaged, or is no SQLite database",
    "Name another file in database.url, or put back a backup; nothing was changed.",
)
_DENIED = _Verdict(
    DatabaseUnusable,
    "its server does not let us in",
    "Check user, password, database name and the user's rights in database.url.",
)

_STRANGE = _Verdict(
    DatabaseUnusable,
    "its tables are not those of its version",
    "Put back a backup, or name another database in database.url.",
)

_SQLITE_VERDICTS = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_PROTOCOL: _HELD,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}

_SERVER_VERDICTS = {
    # What is referred to was there in this session: it has been deleted in another one since.
    "23503": _CONFLICT,
    "53100": _FULL,
    "55P03": _HELD,
    "25006": _READ_ONLY,
    "42501": _DENIED,
    "3D000": _DENIED,
    "08": _LOST,
    "28": _DENIED,
    "40": _CONFLICT,
    "53": _EXHAUSTED,
    "57": _LOST,
    "58": _DISK,
}
"""By SQLSTATE, or its class: the first two characters ("PostgreSQL Error Codes")."""


def fault_of(
    error: BaseException, url: str, *, at_start: bool = False
) -> DatabaseBusy | DatabaseUnusable | None:
    """Return the fault that an error of a driver or of Pony stands for; None for our own bug.

    A server that cannot be reached may come back while the agent runs; `at_start` it is taken
    for a mistake in the set-up.
    """
    origin = _origin(error)
    verdict = _verdict(origin) or _at_start(origin) if at_start else _verdict(origin)
    if verdict is None:
        return None
    detail = (str(origin).splitlines() or [type(origin).__name__])[0]
    kind = DatabaseUnusable if at_start and verdict is _LOST else verdict.kind
    return kind(
        f"the database {redact_url(url)} cannot be used: {verdict.sentence} ({detail})",
        remedy=verdict.remedy,
    )


@contextmanager
def translated_faults(url: str, *, at_start: bool = False) -> Iterator[None]:
    """Raise `DatabaseBusy` or `DatabaseUnusable` in place of what a driver raises."""
    try:
        yield
    except (sqlite3.Error, psycopg2.Error, PonyDriverError, OrmError) as error:
        fault = fault_of(error, url, at_start=at_start)
        if fault is None:
            raise
        raise fault from error


def _origin(error: BaseException) -> BaseException:
    """Unwrap what Pony and SQLAlchemy put around a driver's error."""
    wrapped = getattr(error, "original_exc", None) or getattr(error, "orig", None)
    failures = getattr(error, "exceptions", None)
    if wrapped is None and failures:
        wrapped = failures[0][1]
    return error if wrapped is None else _origin(wrapped)


def _verdict(error: BaseException) -> _Verdict | None:
    if isinstance(error, sqlite3.Error):
        return _SQLITE_VERDICTS.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE)
    if isinstance(error, psycopg2.Error):
        return _server_verdict(error)
    return _pony_verdict(error)


def _pony_verdict(error: BaseException) -> _Verdict | None:
    if isinstance(error, ConnectionClosedError):
        return _LOST
    # Pony itself checks that nobody has changed what it read.
    return _CONFLICT if isinstance(error, IsolationError) else None


def _at_start(error: BaseException) -> _Verdict | None:
    return _STRANGE if isinstance(error, (sqlite3.Error, psycopg2.Error)) else None


def _server_verdict(error: psycopg2.Error) -> _Verdict | None:
    if error.pgcode:
        return _SERVER_VERDICTS.get(error.pgcode) or _SERVER_VERDICTS.get(error.pgcode[:2])
    lost = (psycopg2.OperationalError, psycopg2.InterfaceError)
    return _LOST if isinstance(error, lost) else None
