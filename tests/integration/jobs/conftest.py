from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from job_support import VirtualClock
from seatsync.jobs.queue import JobQueue
from seatsync.mirror.database import Mirror
from seatsync.mirror.locks import Locks
from seatsync.mirror.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def mirror(database_url: str) -> Iterator[Mirror]:
    migrate(database_url)
    mirror = Mirror.open(database_url)
    yield mirror
    mirror.close()


@pytest.fixture
def locks(mirror: Mirror) -> Locks:
    return Locks.for_mirror(mirror)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def queue(mirror: Mirror, clock: VirtualClock) -> JobQueue:
    return JobQueue(mirror, clock)
