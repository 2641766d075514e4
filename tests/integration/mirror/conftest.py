from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.mirror.database import Mirror
from seatsync.mirror.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def mirror(database_url: str) -> Iterator[Mirror]:
    """Open a migrated, empty mirror on either kind of database."""
    migrate(database_url)
    mirror = Mirror.open(database_url)
    yield mirror
    mirror.close()


@pytest.fixture
def sqlite_mirror(sqlite_url: str) -> Iterator[Mirror]:
    """Open a migrated, empty mirror in an SQLite file."""
    migrate(sqlite_url)
    mirror = Mirror.open(sqlite_url)
    yield mirror
    mirror.close()


@pytest.fixture
def postgres_mirror(postgres_url: str) -> Iterator[Mirror]:
    """Open a migrated, empty mirror on PostgreSQL."""
    migrate(postgres_url)
    mirror = Mirror.open(postgres_url)
    yield mirror
    mirror.close()
