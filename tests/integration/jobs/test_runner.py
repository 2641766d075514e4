from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from job_handlers import Failing, Gate, ask_sync, ended
from job_support import eventually
from seatsync.domain.job import Job, JobProgress, JobStatus
from seatsync.errors import (
    Cancelled,
    CredentialsRefused,
    NotApplicable,
    ProviderUnreachable,
    Refusal,
)
from seatsync.jobs.queue import JobQueue
from seatsync.mirror.database import Mirror
from seatsync.sdk.context import Clock, Control

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.progress import ProgressSink
    from seatsync.jobs.runner import Runner


@pytest.fixture
def queue(mirror: Mirror) -> JobQueue:
    return JobQueue(mirror, Clock())


def test_a_job_is_done_at_once_and_its_progress_is_kept(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    def handler(job: Job, control: Control, progress: ProgressSink) -> None:
        for step in range(1, 4):
            progress(step, 3, f"step {step}")

    runner = start_runner(handler)
    job = ended(queue, ask_sync(queue).id)
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 1)
    assert job.progress == JobProgress(3, 3, "step 3")
    assert job.started_at is not None
    assert job.finished_at is not None
    assert runner.is_alive


def test_a_fault_that_passes_is_tried_again_until_it_has_passed(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    start_runner(Failing(ProviderUnreachable("no route"), times=2))
    job = ended(queue, ask_sync(queue).id)
    assert (job.status, job.attempts, job.error_code) == (JobStatus.SUCCEEDED, 3, None)


def test_a_fault_that_does_not_pass_fails_the_job_after_its_attempts_with_a_remedy(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    start_runner(Failing(ProviderUnreachable("no route", remedy="Check the network.")))
    job = ended(queue, ask_sync(queue, max_attempts=3).id)
    assert (job.status, job.attempts) == (JobStatus.FAILED, 3)
    assert job.error_code == "PROVIDER_UNREACHABLE"
    assert job.error_message == "no route. Check the network."


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (CredentialsRefused("expired"), JobStatus.FAILED, "CREDENTIALS_REFUSED"),
        (Refusal("PREVIEW_OUTDATED", "moved"), JobStatus.FAILED, "PREVIEW_OUTDATED"),
        (NotApplicable("gone"), JobStatus.NOT_APPLICABLE, "NOT_APPLICABLE"),
        (Cancelled(), JobStatus.CANCELLED, None),
    ],
)
def test_other_faults_end_the_job_at_its_first_attempt(
    queue: JobQueue,
    start_runner: Callable[..., Runner],
    fault: Exception,
    status: JobStatus,
    code: str | None,
) -> None:
    start_runner(Failing(fault))
    job = ended(queue, ask_sync(queue).id)
    assert (job.status, job.attempts, job.error_code) == (status, 1, code)


def test_an_unforeseen_fault_is_in_the_log_under_the_reference_that_the_job_shows(
    queue: JobQueue, start_runner: Callable[..., Runner], caplog: pytest.LogCaptureFixture
) -> None:
    start_runner(Failing(KeyError("hunter2")))
    job = ended(queue, ask_sync(queue).id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "INTERNAL")
    message = job.error_message or ""
    reference = message.rstrip(".").rsplit(" ", 1)[-1]
    assert reference in caplog.text
    assert "hunter2" not in message
    assert "Traceback" not in message


def test_a_running_job_stops_when_a_person_cancels_it(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    gate = Gate()
    start_runner(gate)
    asked = ask_sync(queue)
    assert gate.entered.wait(10)
    queue.request_cancel(asked.id)
    assert ended(queue, asked.id).status is JobStatus.CANCELLED


def test_a_running_job_learns_of_a_cancellation_made_in_another_process(
    queue: JobQueue, start_runner: Callable[..., Runner], mirror: Mirror
) -> None:
    gate = Gate()
    start_runner(gate)
    asked = ask_sync(queue)
    assert gate.entered.wait(10)
    elsewhere = Mirror.open(mirror.url)
    JobQueue(elsewhere).request_cancel(asked.id)
    elsewhere.close()
    assert ended(queue, asked.id).status is JobStatus.CANCELLED


def test_jobs_of_one_provider_run_one_after_the_other_and_others_beside_them(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    gate = Gate()
    start_runner(gate, workers=3)
    first = ask_sync(queue, "pax8")
    eventually(lambda: gate.runs == [first.id])
    second, other = ask_sync(queue, "pax8"), ask_sync(queue, "csp")
    eventually(lambda: other.id in gate.runs)
    assert queue.get(second.id).status is JobStatus.WAITING
    gate.opened.set()
    assert ended(queue, second.id).status is JobStatus.SUCCEEDED
    assert gate.runs == [first.id, other.id, second.id]


def test_a_shutdown_hands_running_jobs_back_without_using_up_an_attempt(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    gate = Gate()
    runner = start_runner(gate)
    asked = ask_sync(queue)
    assert gate.entered.wait(10)
    assert runner.stop(timeout=10)
    job = queue.get(asked.id)
    assert (job.status, job.attempts) == (JobStatus.WAITING, 0)
    assert not runner.is_alive
    gate.opened.set()
    start_runner(gate)
    assert ended(queue, asked.id).status is JobStatus.SUCCEEDED


def test_a_job_that_does_not_stop_in_time_is_told(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    entered, let_go = threading.Event(), threading.Event()

    def deaf(job: Job, control: Control, progress: ProgressSink) -> None:
        entered.set()
        assert let_go.wait(20)

    runner = start_runner(deaf)
    ask_sync(queue)
    assert entered.wait(10)
    assert not runner.stop(timeout=0.1)
    let_go.set()
