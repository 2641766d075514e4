from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

from job_handlers import Failing, Gate, ask_sync, ended, nothing
from seatsync.domain.job import Job, JobStatus
from seatsync.errors import (
    Cancelled,
    DatabaseBusy,
)
from seatsync.jobs.claims import Claims
from seatsync.jobs.queue import JobQueue
from seatsync.sdk.context import Clock, Control

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from seatsync.domain.progress import ProgressSink
    from seatsync.jobs.runner import Runner
    from seatsync.mirror.database import Mirror


@pytest.fixture
def queue(mirror: Mirror) -> JobQueue:
    return JobQueue(mirror, Clock())


def test_a_state_that_cannot_be_saved_is_saved_once_the_database_has_time(
    queue: JobQueue, start_runner: Callable[..., Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = iter([True, True])
    end = Claims.end

    def sometimes(self: Claims, *args: Any) -> bool:
        if next(busy, False):
            raise DatabaseBusy("locked")
        return end(self, *args)

    monkeypatch.setattr("seatsync.jobs.performer.INSIST_S", 0.01)
    monkeypatch.setattr(Claims, "end", sometimes)
    runner = start_runner(nothing)
    job = ended(queue, ask_sync(queue).id)
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 1)
    assert runner.is_alive


def test_progress_that_cannot_be_saved_does_not_fail_the_job(
    queue: JobQueue, start_runner: Callable[..., Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: Claims, *args: Any) -> None:
        raise DatabaseBusy("locked")

    monkeypatch.setattr(Claims, "report", busy)
    start_runner(nothing)
    assert ended(queue, ask_sync(queue).id).status is JobStatus.SUCCEEDED


def test_a_job_whose_last_word_was_lost_is_found_and_done_again(
    queue: JobQueue, start_runner: Callable[..., Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = iter([True])
    end = Claims.end

    def once_broken(self: Claims, *args: Any) -> bool:
        if next(broken, False):
            raise RuntimeError("planted")
        return end(self, *args)

    monkeypatch.setattr(Claims, "end", once_broken)
    runner = start_runner(nothing)
    job = ended(queue, ask_sync(queue).id)
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 2)
    assert runner.is_alive


def test_a_worker_outlives_faults_of_the_database(
    queue: JobQueue, start_runner: Callable[..., Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = iter([DatabaseBusy("locked"), RuntimeError("planted")])
    claim = Claims.claim

    def sometimes(self: Claims, job_id: UUID | None = None) -> Job | None:
        if fault := next(broken, None):
            raise fault
        return claim(self, job_id)

    monkeypatch.setattr(Claims, "claim", sometimes)
    runner = start_runner(nothing)
    assert ended(queue, ask_sync(queue).id).status is JobStatus.SUCCEEDED
    assert runner.is_alive


def test_a_job_that_was_taken_over_by_another_worker_is_stopped_and_changes_nothing(
    queue: JobQueue, start_runner: Callable[..., Runner], mirror: Mirror
) -> None:
    stopped = threading.Event()
    entered = threading.Event()

    def handler(job: Job, control: Control, progress: ProgressSink) -> None:
        entered.set()
        try:
            while True:
                control.sleep(0.05)
                progress(1, None, None)
        except Cancelled:
            stopped.set()
            raise

    start_runner(handler, workers=1)
    asked = ask_sync(queue)
    assert entered.wait(10)
    with mirror.writing():
        mirror.execute(
            "UPDATE job SET status = 'SUCCEEDED', worker = NULL WHERE id = :id", {"id": asked.id}
        )
    assert stopped.wait(10)
    assert queue.get(asked.id).status is JobStatus.SUCCEEDED


@pytest.mark.parametrize("is_started", [False, True])
def test_a_job_left_by_a_worker_that_is_gone_is_done_again(
    queue: JobQueue, start_runner: Callable[..., Runner], *, is_started: bool
) -> None:
    asked = ask_sync(queue)
    ghost = Claims(queue, "ghost")
    left = ghost.claim()
    assert left is not None
    assert not is_started or ghost.start(left)
    start_runner(nothing)
    job = ended(queue, asked.id)
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 2)


def test_a_job_left_by_a_worker_that_is_gone_can_be_cancelled(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    asked = ask_sync(queue)
    assert Claims(queue, "ghost").claim() is not None
    assert queue.request_cancel(asked.id).status is JobStatus.DISPATCHED
    start_runner(Failing(ValueError("must not run")))
    assert ended(queue, asked.id).status is JobStatus.CANCELLED


@pytest.mark.parametrize("migrated_mirror", ["postgresql"], indirect=True)
def test_a_server_that_cuts_every_connection_loses_no_job(
    queue: JobQueue, start_runner: Callable[..., Runner], mirror: Mirror
) -> None:
    gate = Gate()
    runner = start_runner(gate)
    asked = ask_sync(queue)
    assert gate.entered.wait(10)
    connection = psycopg2.connect(mirror.url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    connection.close()
    gate.opened.set()
    assert ended(queue, asked.id).status is JobStatus.SUCCEEDED
    assert ended(queue, ask_sync(queue, "csp").id).status is JobStatus.SUCCEEDED
    assert runner.is_alive
