from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from job_handlers import PACE, Failing, Gate, ask_sync, nothing
from seatsync.domain.job import Job, JobStatus
from seatsync.errors import (
    ProviderUnreachable,
)
from seatsync.jobs.claims import Claims
from seatsync.jobs.queue import JobQueue
from seatsync.jobs.runner import Runner
from seatsync.sdk.context import Clock, Control

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.progress import ProgressSink
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.locks import Locks


@pytest.fixture
def queue(mirror: Mirror) -> JobQueue:
    return JobQueue(mirror, Clock())


def test_a_job_that_nobody_handles_says_so(queue: JobQueue, locks: Locks) -> None:
    runner = Runner(queue, locks, {}, pace=PACE)
    job = runner.run_one(ask_sync(queue).id)
    assert (job.status, job.error_code) == (JobStatus.NOT_APPLICABLE, "NOT_APPLICABLE")


def test_one_job_can_be_done_in_the_calling_thread_with_its_progress(
    queue: JobQueue, make_runner: Callable[..., Runner]
) -> None:
    threads: list[str] = []
    steps: list[tuple[int, int | None, str | None]] = []

    def handler(job: Job, control: Control, progress: ProgressSink) -> None:
        threads.append(threading.current_thread().name)
        progress(1, 2, "half")
        progress(2, 2, "all")

    runner = make_runner(handler)
    job = runner.run_one(ask_sync(queue).id, lambda *step: steps.append(step))
    assert job.status is JobStatus.SUCCEEDED
    assert threads == [threading.current_thread().name]
    assert steps[-2:] == [(1, 2, "half"), (2, 2, "all")]


def test_one_job_is_done_through_its_retries(
    queue: JobQueue, make_runner: Callable[..., Runner]
) -> None:
    runner = make_runner(Failing(ProviderUnreachable("no route"), times=2))
    assert runner.run_one(ask_sync(queue).id).status is JobStatus.SUCCEEDED


def test_one_job_that_another_process_does_is_followed_to_its_end(
    queue: JobQueue, start_runner: Callable[..., Runner], make_runner: Callable[..., Runner]
) -> None:
    gate = Gate()
    start_runner(gate)
    asked = ask_sync(queue)
    assert gate.entered.wait(10)
    threading.Timer(0.2, gate.opened.set).start()
    job = make_runner(Failing(ValueError("must not run"))).run_one(asked.id)
    assert job.status is JobStatus.SUCCEEDED
    assert gate.runs == [asked.id]


def test_an_interrupt_from_the_keyboard_cancels_the_job_that_is_done_here(
    queue: JobQueue, make_runner: Callable[..., Runner]
) -> None:
    def interrupted(job: Job, control: Control, progress: ProgressSink) -> None:
        raise KeyboardInterrupt

    asked = ask_sync(queue)
    with pytest.raises(KeyboardInterrupt):
        make_runner(interrupted).run_one(asked.id)
    assert queue.get(asked.id).status is JobStatus.CANCELLED


def test_one_job_left_by_a_worker_that_is_gone_is_done_by_the_command_line(
    queue: JobQueue, make_runner: Callable[..., Runner]
) -> None:
    asked = ask_sync(queue)
    assert Claims(queue, "ghost").claim() is not None
    assert make_runner(nothing).run_one(asked.id).status is JobStatus.SUCCEEDED
