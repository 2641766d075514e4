"""A migrated database of each kind, with the services on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from back_office import BackOffice
from seatsync.mirror.database import Mirror
from seatsync.mirror.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def office(database_url: str) -> Iterator[BackOffice]:
    """Open the back office on a fresh database of each kind."""
    migrate(database_url)
    mirror = Mirror.open(database_url)
    yield BackOffice(mirror)
    mirror.close()
