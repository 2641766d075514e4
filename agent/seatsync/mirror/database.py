"""The mirror's database: opening it, units of work, and statements on many rows."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import psycopg2
from pony.orm import Database, db_session
from pony.orm.core import DatabaseError as PonyDatabaseError
from psycopg2.extras import execute_batch

from seatsync.errors import DatabaseBusy, DatabaseUnusable
from seatsync.mirror.address import SERVER_OPTIONS, check_url, is_sqlite, redact_url, sqlite_path
from seatsync.mirror.codec import PostgresCodec, SqliteCodec
from seatsync.mirror.entities import declare_entities

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

BUSY_TIMEOUT_S = 30
"""How long a writer waits for another process before it gives up."""

PAGE_CACHE_KIB = 32 * 1024

_CACHE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    f"PRAGMA cache_size = -{PAGE_CACHE_KIB}",
    "PRAGMA temp_store = MEMORY",
)


class Mirror:
    """One database, opened: the only door to sessions and statements.

    A session belongs to one thread and to one unit of work. `reading` takes no lock;
    `writing` holds the database's write lock (SQLite) from its start to its commit.
    """

    def __init__(self, db: Database, url: str) -> None:
        """Wrap a bound database; `Mirror.open` is the way to get one."""
        self.db = db
        self.url = url
        self.is_sqlite = is_sqlite(url)
        self.codec: PostgresCodec = SqliteCodec() if self.is_sqlite else PostgresCodec()

    @classmethod
    def open(cls, url: str) -> Mirror:
        """Open a database that has been migrated; raise `DatabaseUnusable` if that fails."""
        check_url(url)
        db = Database()
        declare_entities(db)
        try:
            if is_sqlite(url):
                _bind_sqlite(db, sqlite_path(url))
            else:
                db.bind(provider="postgres", dsn=url, **SERVER_OPTIONS)
            db.generate_mapping(create_tables=False, check_tables=True)
        except (PonyDatabaseError, OSError) as error:
            raise DatabaseUnusable(
                f"the database {redact_url(url)} cannot be used: {first_line(error)}",
                remedy="Check database.url, that the server runs or the folder can be written, "
                "and run `seatsync migrate`.",
            ) from error
        return cls(db, url)

    def close(self) -> None:
        """Close this thread's connection."""
        self.db.disconnect()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Open a session that only reads; nested use joins the outer session."""
        with _translated_faults(), db_session:
            yield

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[None]:
        """Open a session that commits at its end, or changes nothing if it raises.

        `durable` commits survive a power failure at once; a sync's batches, which can be
        read again, do without. Raises `DatabaseBusy` when another process holds the database
        for too long or its disk is full.
        """
        with _translated_faults(), db_session(immediate=True):
            if self.is_sqlite:
                self._set_durability(durable=durable)
            self.db.get_connection()
            yield

    def _set_durability(self, *, durable: bool) -> None:
        level = "FULL" if durable else "NORMAL"
        self.db._exec_sql(f"PRAGMA synchronous = {level}", None, False, False)  # noqa: SLF001

    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query with `:name` parameters in the current session, as raw tuples."""
        result: list[tuple[Any, ...]] = self._run(sql, params).fetchall()
        return result

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Run a statement with `:name` parameters; return how many rows it changed."""
        count: int = self._run(sql, params).rowcount
        return count

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement with `?` parameters for every row of already encoded values."""
        if not rows:
            return
        cursor = self.db.get_connection().cursor()
        if self.is_sqlite:
            cursor.executemany(sql, rows)
        else:
            execute_batch(cursor, sql.replace("?", "%s"), rows, page_size=500)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert already encoded rows."""
        marks = ", ".join("?" * len(columns))
        self.execute_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608

    def in_list(self, prefix: str, values: Iterable[Any]) -> tuple[str, dict[str, Any]]:
        """Return the `:name` marks of an IN list and their parameters; NULL if it is empty."""
        params = {f"{prefix}{index}": value for index, value in enumerate(values)}
        return ", ".join(f":{name}" for name in params) or "NULL", params

    def _run(self, sql: str, params: Mapping[str, Any] | None) -> Any:
        arguments = {name: self.codec.encode(value) for name, value in (params or {}).items()}
        text = sql if self.is_sqlite else _pyformat(sql)
        return self.db._exec_sql(text, arguments or None, False, False)  # noqa: SLF001


def _bind_sqlite(db: Database, path: Path) -> None:
    @db.on_connect(provider="sqlite")
    def prepare(_: Database, connection: sqlite3.Connection) -> None:
        connection.text_factory = str
        for pragma in _CACHE_PRAGMAS:
            connection.execute(pragma)

    db.bind(provider="sqlite", filename=str(path), create_db=False, timeout=BUSY_TIMEOUT_S)


@cache
def _pyformat(sql: str) -> str:
    return re.sub(r"(?<!:):([a-z][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))


@contextmanager
def _translated_faults() -> Iterator[None]:
    try:
        yield
    except (PonyDatabaseError, sqlite3.OperationalError, psycopg2.OperationalError) as error:
        if not _is_passing(error):
            raise
        raise DatabaseBusy(
            f"the database could not be written: {first_line(error)}",
            remedy="Free disk space, or let the other process finish; the work is tried again.",
        ) from error


_PASSING = (
    "locked",
    "full",
    "disk I/O",
    "readonly",
    "server closed",
    "could not connect",
    "terminat",
)


def _is_passing(error: Exception) -> bool:
    return any(mark in str(error) for mark in _PASSING)


def first_line(error: Exception) -> str:
    """Return the first line of what a database driver says."""
    return (str(error).splitlines() or [type(error).__name__])[0]
