"""What every test may ask for: databases of both kinds; and what none may do: leave loopback."""

from __future__ import annotations

import ipaddress
import shutil
import socket
from typing import TYPE_CHECKING, Any

import pytest

from local_postgres import PostgresServer, run_postgres
from seatsync.mirror.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class ForbiddenTraffic(BaseException):
    """A test tried to leave the machine; no `except Exception` may hide that."""


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Let no socket leave the machine, and no name be looked up, while tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Run one PostgreSQL server for all tests of this process."""
    with run_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Give the URL of a fresh, empty PostgreSQL database."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'seatsync.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Run the test twice: on a fresh SQLite file, and on a fresh PostgreSQL database."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file, for tests to start from a copy."""
    path = tmp_path_factory.mktemp("migrated") / "seatsync.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_server: PostgresServer) -> str:
    """Migrate one PostgreSQL database, for tests to use one after the other; give its name."""
    name = postgres_server.create_database()
    migrate(postgres_server.url(name))
    return name


@pytest.fixture
def migrated_sqlite_url(sqlite_url: str, migrated_file: Path, tmp_path: Path) -> str:
    """Give the URL of an SQLite file of this version that holds nothing."""
    shutil.copyfile(migrated_file, tmp_path / "seatsync.db")
    return sqlite_url


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer, migrated_database: str) -> Iterator[str]:
    """Give the URL of a PostgreSQL database of this version that holds nothing."""
    yield postgres_server.url(migrated_database)
    postgres_server.clear_database(migrated_database)


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """Run the test twice: on each kind of database, of this version and holding nothing."""
    url: str = request.getfixturevalue(
        {"sqlite": "migrated_sqlite_url", "postgresql": "migrated_postgres_url"}[request.param]
    )
    return url


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
            raise ForbiddenTraffic(f"a test wanted to connect to {address[0]!r}: loopback only")
        return connect(self, address)

    return guarded


def _guarded_lookup(lookup: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None and not _is_loopback(host):
            raise ForbiddenTraffic(f"a test wanted to look up {host!r}: loopback only")
        return lookup(host, *args, **kwargs)

    return guarded


def _is_loopback(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
