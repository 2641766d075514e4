"""The mirror's database: opening it, units of work, and statements on many rows."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeAlias

from pony.orm import Database, db_session
from pony.orm.core import local as pony_session
from psycopg2.extras import execute_batch, execute_values

from seatsync.mirror.address import BUSY_TIMEOUT_S, is_sqlite, server_options, sqlite_path
from seatsync.mirror.codec import PostgresCodec, SqliteCodec
from seatsync.mirror.entities import declare_entities
from seatsync.mirror.faults import translated_faults
from seatsync.mirror.statements import to_pyformat
from seatsync.mirror.version import require_current

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

_Plain: TypeAlias = bytes | bool | None

CHECKPOINT_PAGES = 16_000
"""So many 8 KiB pages wait in the write-ahead log before they are moved into the file."""

PAGE_CACHE_KIB = 32 * 1024
BATCH_ROWS = 500

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA cache_size = -{PAGE_CACHE_KIB}",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}",
)


class Mirror:
    """One database, opened: the only door to sessions and statements.

    A session belongs to one thread and to one unit of work. `reading` takes no lock;
    `writing` holds the database's write lock (SQLite) from its start to its commit.
    Each thread has a connection of its own, which ends with the thread.
    """

    def __init__(self, db: Database, url: str) -> None:
        """Wrap a bound database; `Mirror.open` is the way to get one."""
        # Pony adds the entities to it while the program runs, which no checker can know.
        self.db: Any = db
        self.url = url
        self.is_sqlite = is_sqlite(url)
        self.codec: PostgresCodec = SqliteCodec() if self.is_sqlite else PostgresCodec()
        self.feeds_crm = False
        """Whether changes are noted for a CRM; with a CRM of its own, the mirror tells nobody."""
        self._unit = _Unit()
        self._never_reconnect_halfway()

    @classmethod
    def open(cls, url: str) -> Mirror:
        """Open a database that has been migrated; raise `DatabaseUnusable` if that fails."""
        require_current(url)
        db = Database()
        declare_entities(db)
        with translated_faults(url, at_start=True):
            if is_sqlite(url):
                _bind_sqlite(db, sqlite_path(url))
            else:
                db.bind(provider="postgres", dsn=url, **server_options(url))
            db.generate_mapping(create_tables=False, check_tables=True)
        return cls(db, url)

    def close(self) -> None:
        """Close this thread's connection."""
        self.db.disconnect()

    @property
    def in_session(self) -> bool:
        """Tell whether this thread is inside `reading` or `writing`."""
        return self._unit.is_open

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Open a session that only reads; nested use joins the outer session."""
        if self._unit.is_open:
            yield
            return
        with translated_faults(self.url), self._unit.opened(writes=False), db_session:
            yield
            self._require_unchanged()

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[None]:
        """Open a session that commits at its end, or changes nothing if it raises.

        `durable` commits survive a power failure at once; a sync's batches, which can be
        read again, do without. Nested use joins the outer session and its durability, which
        then commits only if the inner one came to its end. Raises `DatabaseBusy` when another
        process holds the database for too long or its disk is full, `DatabaseUnusable` when
        it cannot be written at all.
        """
        if self._unit.is_open:
            with self._unit.joined():
                yield
            return
        with translated_faults(self.url), self._unit.opened(writes=True):
            if self.is_sqlite:
                self._set_durability(durable=durable)
            with db_session(immediate=True):
                self._begin(durable=durable)
                yield
                self._unit.require_whole()

    def _set_durability(self, *, durable: bool) -> None:
        # SQLite lets it be changed between transactions only, so in a session of its own.
        with db_session:
            self._exec(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")

    def _begin(self, *, durable: bool) -> None:
        if not self.is_sqlite:
            # Whether the server is still there must show before the first change, not after.
            self._exec("SELECT 1" if durable else "SET LOCAL synchronous_commit = off")
        self.db.get_connection()
        self._unit.begun = True

    def _require_unchanged(self) -> None:
        cache = pony_session.db2cache.get(self.db)
        if cache is not None and (cache.modified or cache.in_transaction):
            raise RuntimeError("entities were changed in a session that only reads")

    def _never_reconnect_halfway(self) -> None:
        # Pony replaces a lost connection and goes on, as if what the transaction had done so
        # far were not lost with it.
        provider = self.db.provider
        may_reconnect = provider.should_reconnect
        provider.should_reconnect = lambda error: not self._unit.begun and may_reconnect(error)

    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query with `:name` parameters in the current session, as raw tuples."""
        result: list[tuple[Any, ...]] = self._run(sql, params).fetchall()
        return result

    def each(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """Run a query as `rows` does; return its rows one by one, while the session is open."""
        rows: Iterator[tuple[Any, ...]] = iter(self._run(sql, params))
        return rows

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Run a statement with `:name` parameters; return how many rows it changed."""
        self._unit.require_writing()
        count: int = self._run(sql, params).rowcount
        return count

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement with `?` parameters for every row of already encoded values."""
        cursor = self._cursor()
        if self.is_sqlite:
            cursor.executemany(sql, rows)
        else:
            execute_batch(cursor, to_pyformat(sql), rows, page_size=BATCH_ROWS)

    def insert(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        skip_taken: bool = False,
    ) -> None:
        """Insert already encoded rows; `skip_taken` leaves out those whose key another row has."""
        into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES"
        taken = " ON CONFLICT DO NOTHING" if skip_taken else ""
        if self.is_sqlite:
            self.execute_many(f"{into} ({', '.join('?' * len(columns))}){taken}", rows)
        else:
            execute_values(self._cursor(), f"{into} %s{taken}", rows, page_size=BATCH_ROWS)

    def in_list(self, prefix: str, values: Iterable[Any]) -> tuple[str, dict[str, Any]]:
        """Return the `:name` marks of an IN list and their parameters; NULL if it is empty."""
        params = {f"{prefix}{index}": value for index, value in enumerate(values)}
        return ", ".join(f":{name}" for name in params) or "NULL", params

    def in_texts(self, name: str, texts: Collection[str]) -> tuple[str, dict[str, Any]]:
        """Return the inside of an IN list over any number of texts, as one parameter."""
        if self.is_sqlite:
            # Thousands of named parameters would be looked up one in the other.
            return f"SELECT value FROM json_each(:{name})", {name: json.dumps(list(texts))}  # noqa: S608
        return f"SELECT unnest(CAST(:{name} AS text[]))", {name: list(texts)}

    def in_ids(self, name: str, ids: Collection[UUID]) -> tuple[str, dict[str, Any]]:
        """Return the inside of an IN list over any number of ids, as one parameter."""
        texts = [one.hex for one in ids]
        if self.is_sqlite:
            return f"SELECT id_of(value) FROM json_each(:{name})", {name: json.dumps(texts)}  # noqa: S608
        return f"SELECT unnest(CAST(:{name} AS uuid[]))", {name: texts}

    def _cursor(self) -> Any:
        self._unit.require_writing()
        # What entities have been given so far goes first: these rows may refer to it.
        self.db.flush()
        return self.db.get_connection().cursor()

    def _run(self, sql: str, params: Mapping[str, Any] | None) -> Any:
        arguments = {name: self.codec.encode(value) for name, value in (params or {}).items()}
        return self._exec(sql if self.is_sqlite else to_pyformat(sql), arguments)

    def _exec(self, sql: str, arguments: Mapping[str, Any] | None = None) -> Any:
        return self.db._exec_sql(sql, arguments)  # noqa: SLF001  the public one parses `$` in it


class _Unit(threading.local):
    """How far this thread is in its unit of work."""

    is_open = False
    writes = False
    begun = False
    unfinished = 0

    @contextmanager
    def opened(self, *, writes: bool) -> Iterator[None]:
        if pony_session.db_session is not None:
            # Pony would join the two, and commit ours at the end of theirs.
            raise RuntimeError("this thread is inside a session of another database")
        self.is_open, self.writes = True, writes
        try:
            yield
        finally:
            self.is_open = self.writes = self.begun = False
            self.unfinished = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        self.require_writing()
        self.unfinished += 1
        yield
        self.unfinished -= 1

    def require_writing(self) -> None:
        if not self.writes:
            # Outside of a transaction every statement would be committed by itself.
            raise RuntimeError("this needs a session from `Mirror.writing`")

    def require_whole(self) -> None:
        if self.unfinished:
            raise RuntimeError("an inner unit of work failed, so the outer one cannot commit")


class _SqliteConnection(sqlite3.Connection):
    """A connection that is closed when its thread ends, which Pony leaves to chance."""

    def __del__(self) -> None:
        self.close()


def _as_it_is(value: _Plain) -> _Plain:
    return value


def _bind_sqlite(db: Database, path: Path) -> None:
    for plain in (NoneType, bytes, bool):
        # Or each value is asked whether it can adapt itself, which takes longer than binding it.
        sqlite3.register_adapter(plain, _as_it_is)

    def prepare(_: Database, connection: sqlite3.Connection) -> None:
        connection.text_factory = str
        connection.create_function("id_of", 1, bytes.fromhex, deterministic=True)
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    db.on_connect(provider="sqlite")(prepare)
    db.bind(
        provider="sqlite",
        filename=str(path),
        create_db=False,
        timeout=BUSY_TIMEOUT_S,
        factory=_SqliteConnection,
        check_same_thread=False,
    )
