"""`seatsync worker`: jobs beside an agent, on a database that both share."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
import yaml

from black_box import SEALING_KEY, served_pax8, wait_for
from running import running
from seatsync.domain.job import JobKind, JobStatus
from seatsync.jobs.queue import JobQueue
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any


@pytest.fixture(autouse=True)
def _sealing_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "SEATSYNC_SECRET_KEY", SEALING_KEY)


def _configure(folder: Path, url: str, *providers: dict[str, Any]) -> None:
    document = {"database": {"url": url}, "providers": list(providers)}
    (folder / "config.yaml").write_text(yaml.safe_dump(document))


@pytest.fixture
def shared(tmp_path: Path, migrated_postgres_url: str) -> Iterator[tuple[Path, Mirror]]:
    """A folder whose configuration names a provider, and the database that it names."""
    with served_pax8() as (pax8, settings):
        pax8.add_company("Fig Fictional", website="https://fig.example")
        provider = {"key": "lab", "plugin": "pax8", "auto_sync": False, "settings": settings}
        _configure(tmp_path, migrated_postgres_url, provider)
        mirror = Mirror.open(migrated_postgres_url)
        yield tmp_path, mirror
        mirror.close()


def test_a_worker_does_the_jobs_and_ends_with_0_on_sigterm(shared: tuple[Path, Mirror]) -> None:
    folder, mirror = shared
    queue = JobQueue(mirror)
    with running(folder, "worker") as worker:
        worker.wait_for("waits for jobs")
        job = queue.submit(
            JobKind.SYNC_PROVIDER,
            arguments={"provider_key": "lab"},
            requested_by="test",
            provider_key="lab",
        )
        wait_for(lambda: queue.get(job.id).status.is_final, "the worker")
        assert queue.get(job.id).status is JobStatus.SUCCEEDED
        assert worker.stop(signal.SIGTERM) == 0, worker.stderr
    assert "Traceback" not in worker.stderr


def test_a_worker_alone_follows_no_schedule(shared: tuple[Path, Mirror]) -> None:
    folder, mirror = shared
    with running(folder, "worker") as worker:
        worker.wait_for("waits for jobs")
        assert worker.stop(signal.SIGINT) == 0, worker.stderr
    with mirror.reading():
        assert mirror.rows("SELECT COUNT(*) FROM job")[0][0] == 0


def test_a_database_in_a_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    _configure(tmp_path, "sqlite:///seatsync.db")
    with running(tmp_path, "worker") as worker:
        assert worker.process.wait(30) == 2
        assert "Use PostgreSQL" in worker.stderr
    assert not (tmp_path / "seatsync.db").exists()
