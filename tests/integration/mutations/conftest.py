"""The endpoint on a filled SQLite mirror; the services are tested on both databases elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from back_office import BackOffice
from mutation_desk import MutationDesk
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def office(migrated_sqlite_url: str) -> Iterator[BackOffice]:
    """Open the back office on a fresh SQLite file."""
    mirror = Mirror.open(migrated_sqlite_url)
    yield BackOffice(mirror)
    mirror.close()


@pytest.fixture
def desk(office: BackOffice) -> Iterator[MutationDesk]:
    """Serve the back office over GraphQL."""
    opened = MutationDesk(office)
    yield opened
    opened.close()
