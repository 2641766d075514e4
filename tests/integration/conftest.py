"""What every integration test may ask for: a back office on a database of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from back_office import BackOffice
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def office(migrated_url: str) -> Iterator[BackOffice]:
    """Open the back office on a fresh database of each kind."""
    mirror = Mirror.open(migrated_url)
    yield BackOffice(mirror)
    mirror.close()
