from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reader_of_crm import ReaderOfCrm
from seatsync.mirror.database import Mirror
from told_crm import ToldCrm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice


@pytest.fixture
def crm(office: BackOffice) -> ReaderOfCrm:
    """Give a mirror of each kind that pulls from a CRM in memory."""
    return ReaderOfCrm(office)


@pytest.fixture
def both(migrated_url: str) -> Iterator[ToldCrm]:
    """Give a mirror of each kind, with a CRM that has been told everything."""
    yield from _told(migrated_url)


@pytest.fixture
def pair(migrated_sqlite_url: str) -> Iterator[ToldCrm]:
    """Give the same, for what no database makes a difference to."""
    yield from _told(migrated_sqlite_url)


def _told(url: str) -> Iterator[ToldCrm]:
    mirror = Mirror.open(url)
    told = ToldCrm(mirror)
    told.converse()
    yield told
    mirror.close()
