"""When a push to the CRM begins by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id
from seatsync.domain.job import JobKind, JobStatus
from seatsync.jobs.claims import Claims
from seatsync.jobs.crm_watch import REST, CrmWatch
from seatsync.jobs.outcome import Outcome
from seatsync.mirror.outbox import note_created

if TYPE_CHECKING:
    from collections.abc import Iterator

    from job_support import VirtualClock
    from seatsync.domain.job import Job
    from seatsync.jobs.queue import JobQueue
    from seatsync.mirror.database import Mirror


@pytest.fixture
def watch(queue: JobQueue, mirror: Mirror, clock: VirtualClock) -> Iterator[CrmWatch]:
    mirror.feeds_crm = True
    with mirror.writing():
        mirror.execute("DELETE FROM crm_outbox")
    yield CrmWatch(queue, mirror, clock)
    mirror.feeds_crm = False


def note(mirror: Mirror, clock: VirtualClock) -> None:
    with mirror.writing():
        note_created(mirror, CrmNoun.SUBSCRIPTION, [new_id()], clock.now())


def end(queue: JobQueue, job: Job, status: JobStatus) -> None:
    claims = Claims(queue, "worker-1")
    claimed = claims.claim(job.id)
    assert claimed is not None
    claims.start(claimed)
    claims.end(claimed, Outcome(status))


def test_nothing_is_queued_while_nothing_waits(watch: CrmWatch) -> None:
    assert watch.look() is None


def test_what_waits_is_pushed_once(watch: CrmWatch, mirror: Mirror, clock: VirtualClock) -> None:
    note(mirror, clock)
    job = watch.look()
    assert job is not None
    assert job.kind is JobKind.CRM_PUSH
    assert watch.look() is None


def test_after_a_push_what_came_meanwhile_is_pushed(
    watch: CrmWatch, queue: JobQueue, mirror: Mirror, clock: VirtualClock
) -> None:
    note(mirror, clock)
    job = watch.look()
    assert job is not None
    end(queue, job, JobStatus.SUCCEEDED)
    assert watch.look() is not None


def test_after_a_push_that_failed_there_is_a_rest(
    watch: CrmWatch, queue: JobQueue, mirror: Mirror, clock: VirtualClock
) -> None:
    note(mirror, clock)
    job = watch.look()
    assert job is not None
    end(queue, job, JobStatus.FAILED)
    assert watch.look() is None
    clock.move(seconds=REST.total_seconds() + 1)
    assert watch.look() is not None


def test_what_is_put_off_waits_for_its_time(
    watch: CrmWatch, mirror: Mirror, clock: VirtualClock
) -> None:
    note(mirror, clock)
    with mirror.writing():
        later = clock.now() + timedelta(hours=1)
        mirror.execute("UPDATE crm_outbox SET next_attempt_at = :later", {"later": later})
    assert watch.look() is None
    clock.move(hours=1, seconds=1)
    assert watch.look() is not None
