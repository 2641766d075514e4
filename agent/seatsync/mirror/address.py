"""Where the database is: reading its URL, and saying it without the password."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg2
from psycopg2.extensions import parse_dsn

from seatsync.errors import DatabaseUnusable

BUSY_TIMEOUT_S = 30
"""How long who writes waits for another who does, before giving up; the same on both databases."""

_SERVER_OPTIONS = {
    "application_name": "seatsync",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": f"-c lock_timeout={BUSY_TIMEOUT_S}s",
}

_SCHEMES = ("sqlite:///", "postgresql://", "postgres://")
_PASSWORD = re.compile(r"(?<=://)(?P<user>[^:/@]*):(?P<password>.*)@")
_PASSWORD_OPTION = re.compile(r"(?<=[?&]password=)[^&]*")


def is_sqlite(url: str) -> bool:
    """Tell an embedded database from a server."""
    return url.startswith("sqlite:")


def sqlite_path(url: str) -> Path:
    """Return the file that a `sqlite:///relative` or `sqlite:////absolute` URL names."""
    return Path(unquote(url.removeprefix("sqlite:///"))).absolute()


def server_options(url: str) -> dict[str, Any]:
    """Return libpq's keywords that let a dead server be noticed, as far as the URL has none."""
    written = parse_dsn(url)
    return {name: value for name, value in _SERVER_OPTIONS.items() if name not in written}


def redact_url(url: str) -> str:
    """Return a database URL without its password, even where it is not spelled as it should be."""
    return _PASSWORD_OPTION.sub("***", _PASSWORD.sub(r"\g<user>:***@", url))


def check_url(url: str) -> None:
    """Raise `DatabaseUnusable` for a URL that names no database, or that can be misread.

    A password with a bare `/` or `@` would be taken for a host, and then named in errors.
    """
    if not url.startswith(_SCHEMES) or url == "sqlite:///":
        raise _unreadable(url, "it starts with none of sqlite:///FILE and postgresql://")
    if not is_sqlite(url) and not _is_unambiguous(url):
        raise _unreadable(url, "its parts cannot be told apart, or it has an unknown option")


def _is_unambiguous(url: str) -> bool:
    written = _PASSWORD.search(url)
    try:
        read = parse_dsn(url)
    except psycopg2.ProgrammingError:
        return False
    return written is None or read.get("password") == unquote(written["password"])


def _unreadable(url: str, reason: str) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"database.url {redact_url(url)} cannot be read: {reason}",
        remedy="Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE; in the user and "
        "the password, write @ as %40, : as %3A, / as %2F and % as %25.",
    )
