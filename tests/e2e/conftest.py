"""An agent and a provider of its own for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from black_box import Lab, lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path, migrated_sqlite_url: str) -> Iterator[Lab]:
    """A running agent, connected to a simulated Pax8 that is empty."""
    del migrated_sqlite_url  # the same file, which need not be migrated for each test
    with lab(tmp_path) as running:
        yield running
