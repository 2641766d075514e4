"""Bringing a database to the version that this program works with."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from seatsync.errors import DatabaseUnusable
from seatsync.mirror.address import (
    BUSY_TIMEOUT_S,
    check_url,
    is_sqlite,
    redact_url,
    server_options,
    sqlite_path,
)
from seatsync.mirror.faults import fault_of
from seatsync.mirror.locks import Locks
from seatsync.mirror.version import check_known, current_version, head_version, needs_migration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

__all__ = ["current_version", "head_version", "migrate", "needs_migration"]

MIGRATIONS = Path(__file__).with_name("migrations")

PAGE_BYTES = 8_192


def migrate(url: str, version: str | None = None) -> None:
    """Bring the database to `version` (ours, unless said), making an SQLite file that is not there.

    All of it happens or nothing. Several processes may do so at once: one works, the others
    wait and find it done. Raises `DatabaseUnusable` if there is no way, and `DatabaseBusy` if
    somebody else works on the database for too long.
    """
    check_url(url)
    if is_sqlite(url):
        _check_folder(sqlite_path(url))
    check_known(current_version(url), url)
    with Locks(url).hold("migrate"):
        check_known(current_version(url), url)
        with _transaction(url) as connection:
            command.upgrade(_config(connection), version or head_version())


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise DatabaseUnusable(
            f"the folder {path.parent} of the database does not exist",
            remedy="Create it, or name another one in database.url.",
        )


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    engine = _sqlite_engine(url) if is_sqlite(url) else _server_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise fault_of(error, url) or _refused(error, url) from error
    finally:
        engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            sqlite_path(url), timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        # Larger pages make first syncs and whole reads cheaper; they cannot be changed later.
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    # Taking the write lock at once keeps writers out, and rolls all back if one step fails.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _server_engine(url: str) -> Engine:
    return create_engine(
        "postgresql+psycopg2://",
        creator=lambda: psycopg2.connect(dsn=url, **server_options(url)),
        poolclass=NullPool,
    )


def _refused(error: DBAPIError, url: str) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"the database {redact_url(url)} cannot be migrated: {str(error.orig).splitlines()[0]}",
        remedy="Nothing was changed. If it holds another program's tables, name another database.",
    )
