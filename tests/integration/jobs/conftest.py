from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from job_handlers import PACE
from job_support import VirtualClock
from seatsync.domain.job import JobKind
from seatsync.jobs.queue import JobQueue
from seatsync.jobs.runner import Runner
from seatsync.mirror.database import Mirror
from seatsync.mirror.locks import Locks
from seatsync.mirror.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.jobs.handler import Handler


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated_mirror(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mirror]:
    """Migrate once for all tests of jobs: that takes longer than most of them."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('jobs') / 'seatsync.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.create_database())
    migrate(url)
    mirror = Mirror.open(url)
    yield mirror
    mirror.close()


@pytest.fixture
def mirror(migrated_mirror: Mirror) -> Mirror:
    with migrated_mirror.writing():
        migrated_mirror.execute("DELETE FROM job")
        migrated_mirror.execute("DELETE FROM scheduled_job")
    return migrated_mirror


@pytest.fixture
def locks(mirror: Mirror) -> Locks:
    return Locks.for_mirror(mirror)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def queue(mirror: Mirror, clock: VirtualClock) -> JobQueue:
    return JobQueue(mirror, clock)


@pytest.fixture
def make_runner(queue: JobQueue, locks: Locks) -> Iterator[Callable[..., Runner]]:
    made: list[Runner] = []

    def make(handler: Handler, workers: int = 2) -> Runner:
        runner = Runner(queue, locks, dict.fromkeys(JobKind, handler), workers, PACE)
        made.append(runner)
        return runner

    yield make
    for runner in made:
        assert runner.stop(timeout=10)


@pytest.fixture
def start_runner(make_runner: Callable[..., Runner]) -> Callable[..., Runner]:
    def start(handler: Handler, workers: int = 2) -> Runner:
        runner = make_runner(handler, workers)
        runner.start()
        return runner

    return start
