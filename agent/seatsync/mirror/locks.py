"""Named locks that one holder has at a time, across threads, processes and machines."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from contextlib import closing, contextmanager, suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol, Self

import psycopg2
from filelock import FileLock, Timeout

from seatsync.errors import DatabaseBusy, DatabaseUnusable
from seatsync.mirror.address import check_url, is_sqlite, redact_url, server_options, sqlite_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from filelock import BaseFileLock
    from psycopg2.extensions import connection as Connection  # noqa: N812

    from seatsync.mirror.database import Mirror

GATE_TIMEOUT_S = 30.0
GATE_POLL_S = 0.002
READABLE_CHARACTERS = 60


class Patience(Protocol):
    """Who waits for a lock, and may be told to stop: the SDK's `Control` is one."""

    def check(self) -> None:
        """Raise if the waiting should end."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`, or raise as soon as the waiting should end."""
        ...


class _Endless:
    def check(self) -> None:
        pass

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


ENDLESS: Patience = _Endless()
"""Waits as long as it takes."""


class Held(ABC):
    """A lock that is held until it is released, or its process ends in whatever way.

    Any thread may release it. Keep it: a `Held` that nobody refers to any more is released.
    """

    @abstractmethod
    def is_in_force(self) -> bool:
        """Tell whether the lock is still held: a server that restarts forgets its locks."""

    @abstractmethod
    def release(self) -> None:
        """Let the next holder in; do nothing when that has happened already."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


class Locks:
    """The locks that belong to one database, such as `provider:pax8` or `worker:<id>`.

    The operating system (SQLite) or the database server (PostgreSQL) frees them when their
    process dies. They do not nest: who holds a lock is refused it like anybody else.
    On PostgreSQL each held lock is a session of its own, which a connection pooler in
    transaction mode would break up: connect to the server itself.
    """

    def __init__(self, url: str) -> None:
        """Name the database by its URL; it need not exist or be migrated yet."""
        check_url(url)
        self._keeper: _Keeper = (
            _FileKeeper(sqlite_path(url)) if is_sqlite(url) else _ServerKeeper(url)
        )

    @classmethod
    def for_mirror(cls, mirror: Mirror) -> Locks:
        """Return the locks of the mirror's database."""
        return cls(mirror.url)

    def try_hold(self, name: str) -> Held | None:
        """Take the lock, or return None if somebody has it.

        Raises `DatabaseUnusable` when no locks can be kept here, and `DatabaseBusy` when the
        server does not answer.
        """
        return self._keeper.try_hold(name)

    def is_held(self, name: str) -> bool:
        """Tell whether anybody has the lock at this moment; raises what `try_hold` does."""
        return self._keeper.is_held(name)

    @contextmanager
    def hold(self, name: str, control: Patience = ENDLESS, poll_s: float = 0.2) -> Iterator[Held]:
        """Wait for the lock, asking every `poll_s` seconds; end as `control` does if told to."""
        control.check()
        while (held := self.try_hold(name)) is None:
            control.sleep(poll_s)
        with held:
            yield held


class _Keeper(Protocol):
    def try_hold(self, name: str) -> Held | None: ...

    def is_held(self, name: str) -> bool: ...


class _HeldFile(Held):
    def __init__(self, lock: BaseFileLock, path: Path) -> None:
        self._lock = lock
        self._path = path

    def is_in_force(self) -> bool:
        return self._lock.is_locked

    def release(self) -> None:
        if self._lock.is_locked:
            # While it is locked nobody else can have the name; filelock does not accept a
            # file that lost its name. Windows refuses, and keeps the empty file.
            with suppress(OSError):
                self._path.unlink()
            self._lock.release()


class _FileKeeper:
    """Locks files in a folder beside the database.

    To see whether a file is locked is to lock it for a moment. Whoever tries goes through a
    gate, one at a time, so that nobody takes the one who looks for a holder.
    """

    def __init__(self, database: Path) -> None:
        # Two ways to the same file (a link, a relative path) must end at the same locks.
        self._folder = database.resolve().with_name(f"{database.resolve().name}.locks")

    def try_hold(self, name: str) -> Held | None:
        path = self._folder / _file_name(name)
        lock = _file_lock(path)
        with self._gate():
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return None
        return _HeldFile(lock, path)

    def is_held(self, name: str) -> bool:
        path = self._folder / _file_name(name)
        if not path.exists():
            return False
        lock = _file_lock(path)
        with self._gate():
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return True
            _HeldFile(lock, path).release()
        return False

    @contextmanager
    def _gate(self) -> Iterator[None]:
        try:
            self._folder.mkdir(exist_ok=True)
            with _file_lock(self._folder / "gate").acquire(GATE_TIMEOUT_S, GATE_POLL_S):
                yield
        except Timeout as error:
            raise DatabaseBusy(
                f"the locks in {self._folder} are tried by too many at once",
                remedy="Stop a process that hangs; it is tried again.",
            ) from error
        except OSError as error:
            raise DatabaseUnusable(
                f"no lock can be kept in {self._folder}: {error.strerror or error}",
                remedy="The folder of an SQLite database must exist, be writable, and be on a "
                "disk of this machine.",
            ) from error


def _file_lock(path: Path) -> BaseFileLock:
    # A soft lock would outlive a killed process, and a thread-local one its thread.
    return FileLock(path, thread_local=False, fallback_to_soft=False)


def _file_name(name: str) -> str:
    """Return a name that every file system takes, readable, and different for every lock."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower())[:READABLE_CHARACTERS]
    return f"{readable}-{blake2b(name.encode(), digest_size=8).hexdigest()}.lock"


class _HeldSession(Held):
    def __init__(self, connection: Connection, key: int) -> None:
        self._connection = connection
        self._key = key

    def is_in_force(self) -> bool:
        try:
            return not self._connection.closed and _ask(self._connection, _IS_MINE, self._key)
        except psycopg2.Error:
            return False

    def release(self) -> None:
        # Unlocking waits for the server, as closing does not; a lost session holds nothing.
        with suppress(psycopg2.Error):
            if not self._connection.closed:
                _ask(self._connection, "SELECT pg_advisory_unlock(%(key)s)", self._key)
        self._connection.close()


_IS_HELD = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid = (%(key)s >> 32 & 4294967295)::oid
        AND objid = (%(key)s & 4294967295)::oid
    )"""
_IS_MINE = _IS_HELD.replace("granted", "granted AND pid = pg_backend_pid()")


class _ServerKeeper:
    """Holds each lock in a server session of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    def try_hold(self, name: str) -> Held | None:
        connection = self._connect()
        try:
            if _ask(connection, "SELECT pg_try_advisory_lock(%(key)s)", _lock_number(name)):
                return _HeldSession(connection, _lock_number(name))
        except psycopg2.Error as error:
            connection.close()
            raise self._unreachable(error) from error
        connection.close()
        return None

    def is_held(self, name: str) -> bool:
        try:
            with closing(self._connect()) as connection:
                return _ask(connection, _IS_HELD, _lock_number(name))
        except psycopg2.Error as error:
            raise self._unreachable(error) from error

    def _connect(self) -> Connection:
        try:
            connection: Connection = psycopg2.connect(dsn=self._url, **server_options(self._url))
        except psycopg2.Error as error:
            raise self._unreachable(error) from error
        connection.autocommit = True
        return connection

    def _unreachable(self, error: psycopg2.Error) -> DatabaseBusy:
        return DatabaseBusy(
            f"{redact_url(self._url)} cannot keep a lock now: {str(error).partition(chr(10))[0]}",
            remedy="Check that the server runs and takes more connections; it is tried again.",
        )


def _lock_number(name: str) -> int:
    """Return the signed 64-bit number that PostgreSQL knows the lock by."""
    digest = blake2b(f"seatsync:{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _ask(connection: Connection, sql: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"key": key})
        row = cursor.fetchone()
        return bool(row and row[0])
