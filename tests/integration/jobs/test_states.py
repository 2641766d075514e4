from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from job_support import VirtualClock
from seatsync.domain.job import Job, JobKind, JobStatus
from seatsync.errors import Refusal
from seatsync.jobs.claims import Claims
from seatsync.jobs.orphans import Orphans
from seatsync.jobs.outcome import Outcome, limit_attempts
from seatsync.jobs.queue import JobQueue
from seatsync.mirror.jobs import JOBS
from seatsync.mirror.locks import Locks

if TYPE_CHECKING:
    from seatsync.mirror.database import Mirror

AT_WORK = {JobStatus.DISPATCHED, JobStatus.IN_PROGRESS}
QUEUED = {JobStatus.WAITING, JobStatus.RETRY}
MAX_ATTEMPTS = 2
OUTCOMES = [
    Outcome(JobStatus.SUCCEEDED),
    Outcome(JobStatus.FAILED, "STANDING", "broken"),
    Outcome(JobStatus.NOT_APPLICABLE, "NOT_APPLICABLE", "gone"),
    Outcome(JobStatus.CANCELLED),
    Outcome(JobStatus.RETRY, "PASSING", "away", wait_s=60),
    Outcome(JobStatus.WAITING, counts=False),
]


class Machine(RuleBasedStateMachine):
    """Whatever people, workers, crashes and time do to jobs, in whatever order."""

    mirror: Mirror

    def __init__(self) -> None:
        super().__init__()
        with self.mirror.writing():
            self.mirror.execute("DELETE FROM job")
        self.clock = VirtualClock()
        self.queue = JobQueue(self.mirror, self.clock)
        self.workers = [Claims(self.queue, name) for name in ("one", "two")]
        self.claimed: list[tuple[Claims, Job]] = []
        self.before: dict[Any, JobStatus] = {}

    def jobs(self) -> list[Job]:
        with self.mirror.reading():
            return JOBS.read(self.mirror, "ORDER BY id")

    @rule(provider=st.sampled_from(["pax8", None]))
    def submit(self, provider: str | None) -> None:
        self.queue.submit(
            JobKind.SYNC_PROVIDER,
            arguments={"provider_key": provider},
            requested_by="ada",
            provider_key=provider,
            max_attempts=MAX_ATTEMPTS,
        )

    @rule(worker=st.integers(0, 1))
    def claim(self, worker: int) -> None:
        if job := self.workers[worker].claim():
            self.claimed.append((self.workers[worker], job))

    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        if self.claimed:
            claims, job = data.draw(st.sampled_from(self.claimed))
            claims.start(job)

    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def end(self, data: st.DataObject, outcome: Outcome) -> None:
        """A worker ends a job, perhaps for the second time or after it was taken away."""
        if self.claimed:
            claims, job = data.draw(st.sampled_from(self.claimed))
            limited = limit_attempts(
                outcome, attempts=job.attempts, max_attempts=job.max_attempts, wait_s=60
            )
            claims.end(job, limited)

    @rule(data=st.data(), action=st.sampled_from(["request_cancel", "retry"]))
    def meddle(self, data: st.DataObject, action: str) -> None:
        if not (jobs := self.jobs()):
            return
        job = data.draw(st.sampled_from(jobs))
        may = {
            "request_cancel": not job.status.is_final,
            "retry": job.status in {JobStatus.FAILED, JobStatus.CANCELLED},
        }
        try:
            getattr(self.queue, action)(job.id)
        except Refusal:
            assert not may[action]
        else:
            assert may[action]

    @rule()
    def crash_of_the_second_worker(self) -> None:
        Orphans(self.queue, Locks.for_mirror(self.mirror)).recover(myself="one")
        with self.mirror.reading():
            assert not self.mirror.rows("SELECT 1 FROM job WHERE worker = 'two'")

    @rule(seconds=st.integers(1, 120))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)

    @invariant()
    def one_job_of_a_provider_is_at_work_at_most(self) -> None:
        busy = [job.arguments["provider_key"] for job in self.jobs() if job.status in AT_WORK]
        named = [provider for provider in busy if provider]
        assert len(named) == len(set(named))

    @invariant()
    def a_worker_has_what_is_at_work_and_nothing_else(self) -> None:
        with self.mirror.reading():
            rows = self.mirror.rows("SELECT status, worker, cancel_requested FROM job")
        for status, worker, cancel_requested in rows:
            assert (worker is not None) == (JobStatus(status) in AT_WORK)
            assert worker is not None or not cancel_requested

    @invariant()
    def every_job_is_whole(self) -> None:
        for job in self.jobs():
            assert 0 <= job.attempts <= job.max_attempts
            assert (job.finished_at is not None) == job.status.is_final
            assert job.status is not JobStatus.FAILED or job.error_code
            assert job.status not in AT_WORK or job.attempts >= 1

    @invariant()
    def what_is_over_stays_over_unless_a_person_retries_it(self) -> None:
        now = {job.id: job.status for job in self.jobs()}
        for job_id, status in self.before.items():
            if status in {JobStatus.SUCCEEDED, JobStatus.NOT_APPLICABLE}:
                assert now[job_id] is status
            elif status.is_final:
                assert now[job_id] in {status, JobStatus.WAITING}
        self.before = now


def test_no_order_of_events_breaks_the_rules_of_the_states(migrated_mirror: Mirror) -> None:
    machine = type("Machine", (Machine,), {"mirror": migrated_mirror})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=20, stateful_step_count=40, deadline=None)
    )
