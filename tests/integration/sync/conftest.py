"""A laboratory on each kind of database, for providers read by customer and in one scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab import World
from laboratory import Laboratory, emptied
from seatsync.mirror.database import Mirror
from seatsync.mirror.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres_mirror(postgres_server: PostgresServer) -> Iterator[Mirror]:
    """Open one migrated mirror on PostgreSQL for all tests of this folder."""
    name = postgres_server.create_database()
    yield from _opened(postgres_server.url(name))
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def sqlite_mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """Open one migrated mirror in an SQLite file for all tests of this folder."""
    yield from _opened(f"sqlite:///{tmp_path_factory.mktemp('sync') / 'seatsync.db'}")


def _opened(url: str) -> Iterator[Mirror]:
    migrate(url)
    mirror = Mirror.open(url)
    yield mirror
    mirror.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def mirror(request: pytest.FixtureRequest) -> Mirror:
    """Give an empty mirror of each kind; migrating one for every test would take too long."""
    fixture = {"sqlite": "sqlite_mirror", "postgresql": "postgres_mirror"}[request.param]
    mirror: Mirror = request.getfixturevalue(fixture)
    return emptied(mirror)


@pytest.fixture(params=["by customer", "in one scan"])
def lab(request: pytest.FixtureRequest, mirror: Mirror) -> Laboratory:
    """Give a laboratory with one world, read in either way."""
    return Laboratory(mirror, World(scans=request.param == "in one scan", page_size=2))
