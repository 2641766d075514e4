from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

from job_support import eventually
from seatsync.domain.job import Job, JobKind, JobProgress, JobStatus
from seatsync.errors import (
    Cancelled,
    CredentialsRefused,
    DatabaseBusy,
    NotApplicable,
    ProviderUnreachable,
    Refusal,
)
from seatsync.jobs.claims import Claims
from seatsync.jobs.outcome import Backoff
from seatsync.jobs.queue import JobQueue
from seatsync.jobs.runner import Pace, Runner
from seatsync.mirror.database import Mirror
from seatsync.sdk.context import Clock, Control

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from seatsync.jobs.handler import Handler, ProgressSink
    from seatsync.mirror.locks import Locks

PACE = Pace(
    poll_s=0.05,
    follow_s=0.02,
    recover_s=0.1,
    calm_s=0.05,
    backoff=Backoff(first_s=0.02, cap_s=0.05),
)


@pytest.fixture
def queue(mirror: Mirror) -> JobQueue:
    return JobQueue(mirror, Clock())


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


def ask(queue: JobQueue, provider: str | None = "pax8", **options: Any) -> Job:
    return queue.submit(
        JobKind.SYNC_PROVIDER,
        arguments={"provider_key": provider},
        requested_by="ada",
        provider_key=provider,
        **options,
    )


def ended(queue: JobQueue, job_id: UUID) -> Job:
    eventually(lambda: queue.get(job_id).status.is_final)
    return queue.get(job_id)


def nothing(_job: Job, _control: Control, _progress: ProgressSink) -> None:
    """Succeed."""


class Gate:
    """A handler that waits until it is let go, or told to stop."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()
        self.runs: list[UUID] = []

    def __call__(self, job: Job, control: Control, progress: ProgressSink) -> None:
        self.runs.append(job.id)
        self.entered.set()
        while not self.opened.is_set():
            control.sleep(0.01)


class Failing:
    """A handler that fails a number of times, or always."""

    def __init__(self, fault: Exception, times: int = 1000) -> None:
        self.fault = fault
        self.left = times

    def __call__(self, job: Job, control: Control, progress: ProgressSink) -> None:
        if self.left:
            self.left -= 1
            raise self.fault


def test_a_job_is_done_at_once_and_its_progress_is_kept(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    def handler(job: Job, control: Control, progress: ProgressSink) -> None:
        for step in range(1, 4):
            progress(step, 3, f"step {step}")

    runner = start_runner(handler)
    job = ended(queue, ask(queue).id)
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 1)
    assert job.progress == JobProgress(3, 3, "step 3")
    assert job.started_at is not None
    assert job.finished_at is not None
    assert runner.is_alive


def test_a_fault_that_passes_is_tried_again_until_it_has_passed(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    start_runner(Failing(ProviderUnreachable("no route"), times=2))
    job = ended(queue, ask(queue).id)
    assert (job.status, job.attempts, job.error_code) == (JobStatus.SUCCEEDED, 3, None)


def test_a_fault_that_does_not_pass_fails_the_job_after_its_attempts_with_a_remedy(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    start_runner(Failing(ProviderUnreachable("no route", remedy="Check the network.")))
    job = ended(queue, ask(queue, max_attempts=3).id)
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
    job = ended(queue, ask(queue).id)
    assert (job.status, job.attempts, job.error_code) == (status, 1, code)


def test_an_unforeseen_fault_is_in_the_log_under_the_reference_that_the_job_shows(
    queue: JobQueue, start_runner: Callable[..., Runner], caplog: pytest.LogCaptureFixture
) -> None:
    start_runner(Failing(KeyError("hunter2")))
    job = ended(queue, ask(queue).id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "INTERNAL")
    message = job.error_message or ""
    reference = message.rstrip(".").rsplit(" ", 1)[-1]
    assert reference in caplog.text
    assert "hunter2" not in message
    assert "Traceback" not in message


def test_a_job_that_nobody_handles_says_so(queue: JobQueue, locks: Locks) -> None:
    runner = Runner(queue, locks, {}, pace=PACE)
    job = runner.run_one(ask(queue).id)
    assert (job.status, job.error_code) == (JobStatus.NOT_APPLICABLE, "NOT_APPLICABLE")


def test_a_running_job_stops_when_a_person_cancels_it(
    queue: JobQueue, start_runner: Callable[..., Runner]
) -> None:
    gate = Gate()
    start_runner(gate)
    asked = ask(queue)
    assert gate.entered.wait(10)
    queue.request_cancel(asked.id)
    assert ended(queue, asked.id).status is JobStatus.CANCELLED


def test_a_running_job_learns_of_a_cancellation_made_in_another_process(
    queue: JobQueue, start_runner: Callable[..., Runner], mirror: Mirror
) -> None:
    gate = Gate()
    start_runner(gate)
    asked = ask(queue)
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
    first = ask(queue, "pax8")
    eventually(lambda: gate.runs == [first.id])
    second, other = ask(queue, "pax8"), ask(queue, "csp")
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
    asked = ask(queue)
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
    ask(queue)
    assert entered.wait(10)
    assert not runner.stop(timeout=0.1)
    let_go.set()


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
    job = runner.run_one(ask(queue).id, lambda *step: steps.append(step))
    assert job.status is JobStatus.SUCCEEDED
    assert threads == [threading.current_thread().name]
    assert steps[-2:] == [(1, 2, "half"), (2, 2, "all")]


def test_one_job_is_done_through_its_retries(
    queue: JobQueue, make_runner: Callable[..., Runner]
) -> None:
    runner = make_runner(Failing(ProviderUnreachable("no route"), times=2))
    assert runner.run_one(ask(queue).id).status is JobStatus.SUCCEEDED


def test_one_job_that_another_process_does_is_followed_to_its_end(
    queue: JobQueue, start_runner: Callable[..., Runner], make_runner: Callable[..., Runner]
) -> None:
    gate = Gate()
    start_runner(gate)
    asked = ask(queue)
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

    asked = ask(queue)
    with pytest.raises(KeyboardInterrupt):
        make_runner(interrupted).run_one(asked.id)
    assert queue.get(asked.id).status is JobStatus.CANCELLED


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
    job = ended(queue, ask(queue).id)
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 1)
    assert runner.is_alive


def test_progress_that_cannot_be_saved_does_not_fail_the_job(
    queue: JobQueue, start_runner: Callable[..., Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: Claims, *args: Any) -> None:
        raise DatabaseBusy("locked")

    monkeypatch.setattr(Claims, "report", busy)
    start_runner(nothing)
    assert ended(queue, ask(queue).id).status is JobStatus.SUCCEEDED


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
    job = ended(queue, ask(queue).id)
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
    assert ended(queue, ask(queue).id).status is JobStatus.SUCCEEDED
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
    asked = ask(queue)
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
    asked = ask(queue)
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
    asked = ask(queue)
    assert Claims(queue, "ghost").claim() is not None
    assert queue.request_cancel(asked.id).status is JobStatus.DISPATCHED
    start_runner(Failing(ValueError("must not run")))
    assert ended(queue, asked.id).status is JobStatus.CANCELLED


def test_one_job_left_by_a_worker_that_is_gone_is_done_by_the_command_line(
    queue: JobQueue, make_runner: Callable[..., Runner]
) -> None:
    asked = ask(queue)
    assert Claims(queue, "ghost").claim() is not None
    assert make_runner(nothing).run_one(asked.id).status is JobStatus.SUCCEEDED


@pytest.mark.parametrize("migrated_mirror", ["postgresql"], indirect=True)
def test_a_server_that_cuts_every_connection_loses_no_job(
    queue: JobQueue, start_runner: Callable[..., Runner], mirror: Mirror
) -> None:
    gate = Gate()
    runner = start_runner(gate)
    asked = ask(queue)
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
    assert ended(queue, ask(queue, "csp").id).status is JobStatus.SUCCEEDED
    assert runner.is_alive
