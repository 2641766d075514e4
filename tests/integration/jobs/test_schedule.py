from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from job_support import VirtualClock, eventually
from seatsync.domain.job import Job, JobKind, JobStatus
from seatsync.errors import Refusal
from seatsync.jobs.claims import Claims
from seatsync.jobs.outcome import Outcome
from seatsync.jobs.queue import JobQueue
from seatsync.jobs.schedule import Schedule
from seatsync.jobs.scheduler import Scheduler
from seatsync.jobs.timetable import ProviderSchedule
from seatsync.mirror.jobs import JOBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.mirror.database import Mirror

PAX8 = ProviderSchedule("pax8")


@pytest.fixture
def scheduler(queue: JobQueue, mirror: Mirror, clock: VirtualClock) -> Iterator[Scheduler]:
    scheduler = Scheduler(Schedule(queue, mirror, clock), mirror, clock, tick_s=0.02)
    yield scheduler
    scheduler.stop()


@pytest.fixture
def schedule(scheduler: Scheduler) -> Schedule:
    scheduler.schedule.ensure([PAX8])
    return scheduler.schedule


def jobs_of(mirror: Mirror, key: str) -> list[Job]:
    with mirror.reading():
        return JOBS.read(mirror, "WHERE schedule_key = :key ORDER BY id", {"key": key})


def finish_all(queue: JobQueue, status: JobStatus = JobStatus.SUCCEEDED) -> None:
    claims = Claims(queue, "worker-1")
    while job := claims.claim():
        claims.start(job)
        claims.end(job, Outcome(status))


def test_the_first_sync_of_a_new_installation_is_queued_by_the_first_tick(
    scheduler: Scheduler, schedule: Schedule, mirror: Mirror, clock: VirtualClock
) -> None:
    scheduler.tick()
    (job,) = jobs_of(mirror, "sync:pax8")
    assert (job.kind, job.status) == (JobKind.SYNC_PROVIDER, JobStatus.WAITING)
    assert (job.requested_by, job.arguments) == ("schedule", {"provider_key": "pax8"})
    row = schedule.get("sync:pax8")
    assert row.last_run_at == clock.now()
    assert row.next_run_at == clock.now() + timedelta(minutes=60)
    assert row.last_status is JobStatus.WAITING
    assert len(jobs_of(mirror, "verify:pax8")) == 1
    assert jobs_of(mirror, "prune") == []


def test_a_job_repeats_at_its_interval(
    scheduler: Scheduler, schedule: Schedule, queue: JobQueue, mirror: Mirror, clock: VirtualClock
) -> None:
    for _ in range(3):
        scheduler.tick()
        scheduler.tick()
        finish_all(queue)
        clock.move(minutes=60)
    assert len(jobs_of(mirror, "sync:pax8")) == 3


def test_missed_times_run_once_and_late(
    scheduler: Scheduler, schedule: Schedule, queue: JobQueue, mirror: Mirror, clock: VirtualClock
) -> None:
    scheduler.tick()
    finish_all(queue)
    clock.move(hours=50)
    scheduler.tick()
    scheduler.tick()
    assert len(jobs_of(mirror, "sync:pax8")) == 2
    assert schedule.get("sync:pax8").next_run_at == clock.now() + timedelta(minutes=60)


def test_the_last_status_is_that_of_the_newest_job(
    scheduler: Scheduler, schedule: Schedule, queue: JobQueue
) -> None:
    assert schedule.get("sync:pax8").last_status is None
    scheduler.tick()
    finish_all(queue, JobStatus.FAILED)
    assert schedule.get("sync:pax8").last_status is JobStatus.FAILED


def test_a_time_that_comes_while_the_last_job_is_not_over_is_left_out_and_recorded(
    scheduler: Scheduler, schedule: Schedule, mirror: Mirror, clock: VirtualClock
) -> None:
    scheduler.tick()
    began = clock.now()
    clock.move(minutes=61)
    scheduler.tick()
    first, left_out = jobs_of(mirror, "sync:pax8")
    assert first.status is JobStatus.WAITING
    assert (left_out.status, left_out.error_code) == (JobStatus.NOT_APPLICABLE, "OVERRUN")
    assert str(first.id) in (left_out.error_message or "")
    row = schedule.get("sync:pax8")
    assert (row.last_status, row.last_run_at) == (JobStatus.WAITING, began)
    assert row.next_run_at == clock.now() + timedelta(minutes=60)


def test_a_shorter_interval_is_in_force_at_once(
    scheduler: Scheduler, schedule: Schedule, queue: JobQueue, mirror: Mirror, clock: VirtualClock
) -> None:
    scheduler.tick()
    finish_all(queue)
    clock.move(minutes=20)
    row = schedule.update("sync:pax8", interval_minutes=5)
    assert (row.interval_minutes, row.next_run_at) == (5, clock.now())
    scheduler.tick()
    assert len(jobs_of(mirror, "sync:pax8")) == 2
    assert schedule.get("sync:pax8").next_run_at == clock.now() + timedelta(minutes=5)


def test_a_longer_interval_counts_from_the_last_run(
    scheduler: Scheduler, schedule: Schedule, clock: VirtualClock
) -> None:
    scheduler.tick()
    last = clock.now()
    clock.move(minutes=20)
    row = schedule.update("sync:pax8", interval_minutes=90)
    assert row.next_run_at == last + timedelta(minutes=90)


def test_a_job_that_is_switched_off_does_not_run_until_it_is_switched_on(
    scheduler: Scheduler, schedule: Schedule, mirror: Mirror, clock: VirtualClock
) -> None:
    off = schedule.update("sync:pax8", enabled=False)
    assert (off.enabled, off.next_run_at) == (False, None)
    clock.move(days=2)
    scheduler.tick()
    assert jobs_of(mirror, "sync:pax8") == []
    on = schedule.update("sync:pax8", enabled=True)
    assert on.next_run_at == clock.now() + timedelta(minutes=60)
    clock.move(minutes=60)
    scheduler.tick()
    assert len(jobs_of(mirror, "sync:pax8")) == 1


@pytest.mark.parametrize("minutes", [0, -5, 10**9])
def test_an_interval_that_cannot_be_kept_is_refused(schedule: Schedule, minutes: int) -> None:
    before = schedule.get("sync:pax8")
    with pytest.raises(Refusal) as refusal:
        schedule.update("sync:pax8", interval_minutes=minutes)
    assert refusal.value.code == "INVALID_INPUT"
    assert schedule.get("sync:pax8") == before


def test_an_unknown_scheduled_job_is_not_found(schedule: Schedule) -> None:
    for call in (
        lambda: schedule.get("sync:none"),
        lambda: schedule.update("sync:none", enabled=True),
        lambda: schedule.run_now("sync:none", "ada"),
    ):
        with pytest.raises(Refusal) as refusal:
            call()
        assert refusal.value.code == "NOT_FOUND"


def test_changes_survive_a_restart_and_new_providers_are_added(schedule: Schedule) -> None:
    schedule.update("sync:pax8", interval_minutes=7)
    schedule.update("verify:pax8", enabled=False)
    schedule.ensure([ProviderSchedule("pax8", interval_minutes=30), ProviderSchedule("csp")])
    rows = {row.key: row for row in schedule.all()}
    assert rows["sync:pax8"].interval_minutes == 7
    assert not rows["verify:pax8"].enabled
    assert rows["sync:csp"].interval_minutes == 60


def test_a_provider_that_is_no_longer_configured_does_not_run_and_comes_back_as_it_was(
    scheduler: Scheduler, schedule: Schedule, mirror: Mirror, clock: VirtualClock
) -> None:
    schedule.update("sync:pax8", interval_minutes=7)
    schedule.ensure([])
    clock.move(days=1)
    scheduler.tick()
    assert [row.key for row in schedule.all()] == ["prune"]
    assert jobs_of(mirror, "sync:pax8") == []
    schedule.ensure([PAX8])
    assert schedule.get("sync:pax8").interval_minutes == 7


def test_a_scheduled_job_can_be_run_now_even_while_it_is_switched_off(
    schedule: Schedule, clock: VirtualClock
) -> None:
    schedule.update("sync:pax8", enabled=False)
    job = schedule.run_now("sync:pax8", "ada")
    assert (job.status, job.requested_by) == (JobStatus.WAITING, "ada")
    row = schedule.get("sync:pax8")
    assert (row.last_status, row.last_run_at) == (JobStatus.WAITING, clock.now())


def test_several_processes_that_see_the_same_time_due_queue_one_job(
    queue: JobQueue, schedule: Schedule, mirror: Mirror, clock: VirtualClock
) -> None:
    (row,) = [row for row in schedule.due() if row.key == "sync:pax8"]
    barrier = threading.Barrier(6)

    def fire() -> Job | None:
        barrier.wait()
        try:
            return Schedule(JobQueue(mirror, clock), mirror, clock).fire(row)
        finally:
            mirror.close()

    with ThreadPoolExecutor(6) as pool:
        fired = [future.result() for future in [pool.submit(fire) for _ in range(6)]]
    assert len([job for job in fired if job]) == 1
    assert len(jobs_of(mirror, "sync:pax8")) == 1


def test_what_fails_for_one_row_does_not_hold_up_the_others(
    scheduler: Scheduler,
    schedule: Schedule,
    queue: JobQueue,
    mirror: Mirror,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    submit = queue.submit

    def failing(kind: JobKind, **request: object) -> Job:
        if kind is JobKind.SYNC_PROVIDER:
            raise RuntimeError("planted")
        return submit(kind, **request)  # type: ignore[arg-type]

    monkeypatch.setattr(queue, "submit", failing)
    scheduler.tick()
    assert len(jobs_of(mirror, "verify:pax8")) == 1
    assert "sync:pax8 could not be queued" in caplog.text
    monkeypatch.undo()
    scheduler.tick()
    assert len(jobs_of(mirror, "sync:pax8")) == 1, "the failed time was not lost"


def test_the_clockwork_ticks_by_itself(
    scheduler: Scheduler, schedule: Schedule, mirror: Mirror
) -> None:
    assert not scheduler.is_alive
    scheduler.start()
    eventually(lambda: len(jobs_of(mirror, "sync:pax8")) == 1)
    assert scheduler.is_alive
    scheduler.stop()
    assert not scheduler.is_alive


def test_a_tick_that_fails_is_logged_and_the_next_ones_come(
    scheduler: Scheduler,
    schedule: Schedule,
    mirror: Mirror,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(scheduler.schedule, "due", lambda: 1 / 0)
    scheduler.start()
    eventually(lambda: "a tick of the schedule failed" in caplog.text)
    monkeypatch.undo()
    eventually(lambda: len(jobs_of(mirror, "sync:pax8")) == 1)


def test_a_clockwork_that_stands_still_is_noticed(
    scheduler: Scheduler,
    schedule: Schedule,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduler.schedule, "due", lambda: 1 / 0)
    scheduler.start()
    clock.move(seconds=14)
    assert scheduler.is_alive
    clock.move(seconds=2)
    assert not scheduler.is_alive
    assert scheduler.seconds_since_tick() == 16
