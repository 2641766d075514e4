"""Which version a database has, and which one this program needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg2

from seatsync.errors import DatabaseUnusable
from seatsync.mirror.address import (
    BUSY_TIMEOUT_S,
    check_url,
    is_sqlite,
    redact_url,
    server_options,
    sqlite_path,
)
from seatsync.mirror.faults import translated_faults

REVISIONS = Path(__file__).with_name("migrations") / "versions"

_QUERY = "SELECT version_num FROM alembic_version"


def known_versions() -> tuple[str, ...]:
    """Return every version this program can bring a database to, oldest first."""
    return tuple(sorted(path.name[:4] for path in REVISIONS.glob("[0-9]*.py")))


def head_version() -> str:
    """Return the version that this program works with."""
    return known_versions()[-1]


def current_version(url: str) -> str | None:
    """Return the version of the database, None if it was never migrated or does not exist.

    Raises `DatabaseUnusable` for what is no database, or a server that does not answer.
    """
    check_url(url)
    with translated_faults(url, at_start=True):
        return _sqlite_version(sqlite_path(url)) if is_sqlite(url) else _server_version(url)


def needs_migration(url: str) -> bool:
    """Tell whether `migrate` has something to do; raise `DatabaseUnusable` for a newer version."""
    version = current_version(url)
    check_known(version, url)
    return version != head_version()


def check_known(version: str | None, url: str) -> None:
    """Raise `DatabaseUnusable` if a later seatsync has migrated this database."""
    if version is not None and version not in known_versions():
        raise DatabaseUnusable(
            f"the database {redact_url(url)} has version {version}; this seatsync knows "
            f"versions up to {head_version()}",
            remedy="Install the seatsync that the database was last used with, or a later one.",
        )


def require_current(url: str) -> None:
    """Raise `DatabaseUnusable` unless the database has exactly the version we work with."""
    version = current_version(url)
    check_known(version, url)
    if version != head_version():
        found = f"has version {version}" if version else "does not exist yet, or is empty"
        raise DatabaseUnusable(
            f"the database {redact_url(url)} {found}; this seatsync needs {head_version()}",
            remedy="Run `seatsync migrate`; before an upgrade, make a backup.",
        )


def _sqlite_version(path: Path) -> str | None:
    # Opening a file that is not there would make one.
    if not path.exists():
        return None
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)) as connection:
        table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        row = connection.execute(_QUERY).fetchone() if table.fetchone() else None
    return row[0] if row else None


def _server_version(url: str) -> str | None:
    with (
        closing(psycopg2.connect(dsn=url, **server_options(url))) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT to_regclass('alembic_version') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return None
        cursor.execute(_QUERY)
        row = cursor.fetchone()
    return row[0] if row else None
