from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from seatsync.domain.job import Job, JobKind, JobStatus
from seatsync.errors import Refusal
from seatsync.jobs.claims import Claims
from seatsync.jobs.outcome import Outcome
from seatsync.jobs.queue import JobQueue
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from job_support import VirtualClock

RETRY = Outcome(JobStatus.RETRY, "PROVIDER_UNREACHABLE", "no route", wait_s=60)
SUCCEEDED = Outcome(JobStatus.SUCCEEDED)
FAILED = Outcome(JobStatus.FAILED, "CREDENTIALS_REFUSED", "expired")


@pytest.fixture
def claims(queue: JobQueue) -> Claims:
    return Claims(queue, "worker-1")


def ask(queue: JobQueue, provider: str = "pax8", idempotency_key: str | None = None) -> Job:
    return queue.submit(
        JobKind.SYNC_PROVIDER,
        arguments={"provider_key": provider},
        requested_by="ada",
        provider_key=provider,
        idempotency_key=idempotency_key,
    )


def submit_numbered(queue: JobQueue, provider: str, number: int) -> Job:
    return queue.submit(
        JobKind.SYNC_PROVIDER,
        arguments={"provider_key": provider, "number": number},
        requested_by="ada",
        provider_key=provider,
    )


def work(claims: Claims, outcome: Outcome) -> Job:
    job = claims.claim()
    assert job is not None
    assert claims.start(job)
    assert claims.end(job, outcome)
    return job


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        call()
    return refusal.value.code


def at_once(count: int, call: Callable[[], Job]) -> list[Job | str]:
    """Call from `count` threads at the same moment; return jobs, or codes of refusals."""
    barrier = threading.Barrier(count)

    def one() -> Job | str:
        barrier.wait()
        try:
            return call()
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(count)]]


def test_a_job_is_kept_as_it_was_asked_for(queue: JobQueue, clock: VirtualClock) -> None:
    asked = queue.submit(
        JobKind.SYNC_SUBSCRIPTIONS,
        arguments={"subscription_ids": ["ä", "b"], "expect_checksum": None},
        requested_by="ada",
        max_attempts=3,
    )
    kept = queue.get(asked.id)
    assert kept == asked
    assert kept.status is JobStatus.WAITING
    assert kept.arguments == {"subscription_ids": ["ä", "b"], "expect_checksum": None}
    assert (kept.created_at, kept.max_attempts) == (clock.now(), 3)


def test_a_second_request_joins_the_waiting_job(queue: JobQueue) -> None:
    assert ask(queue).id == ask(queue).id


def test_a_second_request_joins_a_job_that_waits_for_its_retry(
    queue: JobQueue, claims: Claims
) -> None:
    first = ask(queue)
    work(claims, RETRY)
    assert ask(queue).id == first.id


def test_a_person_who_asks_again_does_not_wait_for_the_retry(
    queue: JobQueue, claims: Claims
) -> None:
    first = ask(queue)
    work(claims, RETRY)
    assert claims.claim() is None
    ask(queue)
    job = claims.claim()
    assert job is not None
    assert job.id == first.id


def test_a_job_of_a_kind_that_only_a_newer_version_knows_does_not_hold_up_the_others(
    queue: JobQueue, claims: Claims, mirror: Mirror
) -> None:
    newer, known = ask(queue, "pax8"), ask(queue, "csp")
    with mirror.writing():
        mirror.execute("UPDATE job SET kind = 'FROM_THE_FUTURE' WHERE id = :id", {"id": newer.id})
    job = claims.claim()
    assert job is not None
    assert job.id == known.id
    assert claims.claim() is None


def test_a_request_for_something_else_is_a_job_of_its_own(queue: JobQueue) -> None:
    assert ask(queue, "pax8").id != ask(queue, "csp").id


def test_a_request_while_the_first_is_at_work_waits_behind_it(
    queue: JobQueue, claims: Claims
) -> None:
    first = ask(queue)
    assert claims.claim() is not None
    second = ask(queue)
    assert second.id != first.id
    assert claims.claim() is None


def test_the_same_idempotency_key_returns_the_first_job_even_after_its_end_and_a_restart(
    queue: JobQueue, claims: Claims, mirror: Mirror
) -> None:
    first = ask(queue, idempotency_key="k1")
    work(claims, SUCCEEDED)
    again = Mirror.open(mirror.url)
    repeated = ask(JobQueue(again), idempotency_key="k1")
    again.close()
    assert (repeated.id, repeated.status) == (first.id, JobStatus.SUCCEEDED)


def test_an_idempotency_key_with_another_input_is_refused(queue: JobQueue) -> None:
    ask(queue, "pax8", idempotency_key="k1")
    assert refused(lambda: ask(queue, "csp", idempotency_key="k1")) == "IDEMPOTENCY_CONFLICT"


def test_a_key_given_when_joining_leads_to_the_joined_job_for_ever(
    queue: JobQueue, claims: Claims
) -> None:
    first = ask(queue)
    assert ask(queue, idempotency_key="k1").id == first.id
    work(claims, SUCCEEDED)
    assert ask(queue, idempotency_key="k1").id == first.id


def test_requests_with_two_keys_are_two_jobs_since_each_key_must_lead_to_its_own(
    queue: JobQueue,
) -> None:
    one, other = ask(queue, idempotency_key="k1"), ask(queue, idempotency_key="k2")
    assert one.id != other.id
    assert ask(queue, idempotency_key="k2").id == other.id


def test_requests_at_the_same_moment_with_one_key_get_one_job(queue: JobQueue) -> None:
    def call() -> Job:
        try:
            return ask(queue, idempotency_key="k1")
        finally:
            queue.mirror.close()

    assert len({job.id for job in at_once(8, call) if isinstance(job, Job)}) == 1


def test_requests_at_the_same_moment_with_one_key_and_two_inputs_end_in_one_job_and_a_refusal(
    queue: JobQueue,
) -> None:
    providers = iter(["pax8", "csp"])

    def call() -> Job:
        try:
            return ask(queue, next(providers), idempotency_key="k1")
        finally:
            queue.mirror.close()

    results = at_once(2, call)
    assert sorted(isinstance(result, Job) for result in results) == [False, True]
    assert "IDEMPOTENCY_CONFLICT" in results


def test_requests_at_the_same_moment_without_a_key_join_one_job(queue: JobQueue) -> None:
    def call() -> Job:
        try:
            return ask(queue)
        finally:
            queue.mirror.close()

    assert len({job.id for job in at_once(8, call) if isinstance(job, Job)}) == 1


def test_an_unknown_job_is_not_found(queue: JobQueue) -> None:
    unknown = uuid4()
    assert refused(lambda: queue.get(unknown)) == "NOT_FOUND"
    assert refused(lambda: queue.request_cancel(unknown)) == "NOT_FOUND"
    assert refused(lambda: queue.retry(unknown)) == "NOT_FOUND"


def test_a_waiting_job_is_cancelled_at_once(queue: JobQueue, clock: VirtualClock) -> None:
    job = queue.request_cancel(ask(queue).id)
    assert (job.status, job.finished_at) == (JobStatus.CANCELLED, clock.now())


def test_a_job_between_attempts_is_cancelled_at_once(queue: JobQueue, claims: Claims) -> None:
    ask(queue)
    job = work(claims, RETRY)
    assert queue.request_cancel(job.id).status is JobStatus.CANCELLED


def test_a_job_at_work_is_asked_to_stop(queue: JobQueue, claims: Claims) -> None:
    ask(queue)
    job = claims.claim()
    assert job is not None
    assert queue.request_cancel(job.id).status is JobStatus.DISPATCHED
    assert claims.asked_to_stop() == [job.id]


@pytest.mark.parametrize("outcome", [RETRY, Outcome(JobStatus.WAITING, counts=False)])
def test_a_job_asked_to_stop_is_not_queued_again_by_its_worker(
    queue: JobQueue, claims: Claims, outcome: Outcome
) -> None:
    ask(queue)
    job = claims.claim()
    assert job is not None
    queue.request_cancel(job.id)
    claims.end(job, outcome)
    assert queue.get(job.id).status is JobStatus.CANCELLED


def test_a_job_that_has_ended_cannot_be_cancelled(queue: JobQueue, claims: Claims) -> None:
    ask(queue)
    job = work(claims, SUCCEEDED)
    assert refused(lambda: queue.request_cancel(job.id)) == "JOB_NOT_CANCELLABLE"


def test_a_failed_job_is_retried_under_its_id_with_all_its_attempts(
    queue: JobQueue, claims: Claims
) -> None:
    ask(queue)
    job = work(claims, FAILED)
    assert queue.get(job.id).error_code == "CREDENTIALS_REFUSED"
    again = queue.retry(job.id)
    assert (again.id, again.status, again.attempts) == (job.id, JobStatus.WAITING, 0)
    assert (again.error_code, again.error_message, again.finished_at) == (None, None, None)
    assert work(claims, SUCCEEDED).attempts == 1


def test_a_cancelled_job_can_be_retried(queue: JobQueue) -> None:
    job = queue.request_cancel(ask(queue).id)
    assert queue.retry(job.id).status is JobStatus.WAITING


def test_only_failed_and_cancelled_jobs_can_be_retried(queue: JobQueue, claims: Claims) -> None:
    waiting = ask(queue)
    assert refused(lambda: queue.retry(waiting.id)) == "JOB_NOT_RETRYABLE"
    work(claims, SUCCEEDED)
    assert refused(lambda: queue.retry(waiting.id)) == "JOB_NOT_RETRYABLE"


def test_jobs_are_claimed_in_the_order_they_were_asked_for(queue: JobQueue, claims: Claims) -> None:
    asked = [ask(queue, provider).id for provider in ("c", "a", "b")]
    claimed = [claims.claim() for _ in asked]
    assert [job.id for job in claimed if job] == asked


def test_a_claim_passes_over_a_provider_with_a_job_at_work(queue: JobQueue, claims: Claims) -> None:
    ask(queue, "pax8")
    assert claims.claim() is not None
    ask(queue, "pax8")
    other = ask(queue, "csp")
    claimed = claims.claim()
    assert claimed is not None
    assert claimed.id == other.id
    assert claims.claim() is None


def test_a_job_of_no_single_provider_is_never_passed_over(queue: JobQueue, claims: Claims) -> None:
    for contract in ("one", "two"):
        queue.submit(
            JobKind.SYNC_SUBSCRIPTIONS,
            arguments={"billing_contract_id": contract},
            requested_by="ada",
        )
    assert claims.claim() is not None
    assert claims.claim() is not None


def test_a_retry_is_claimed_when_its_wait_is_over_and_counts_on(
    queue: JobQueue, claims: Claims, clock: VirtualClock
) -> None:
    ask(queue)
    work(claims, RETRY)
    clock.move(seconds=59)
    assert claims.claim() is None
    clock.move(seconds=1)
    job = claims.claim()
    assert job is not None
    assert job.attempts == 2


def test_a_worker_whose_job_was_given_to_another_changes_nothing_any_more(
    queue: JobQueue, claims: Claims
) -> None:
    ask(queue)
    job = claims.claim()
    assert job is not None
    claims.end(job, Outcome(JobStatus.RETRY))
    other = Claims(queue, "worker-2")
    assert other.claim() is not None
    assert not claims.start(job)
    assert not claims.end(job, SUCCEEDED)
    assert other.start(job)


def test_many_workers_claim_every_job_once_and_one_of_each_provider(queue: JobQueue) -> None:
    for provider in ("a", "b", "c"):
        for number in range(2):
            submit_numbered(queue, provider, number)
    names = iter(f"worker-{number}" for number in range(8))

    def call() -> Job:
        try:
            job = Claims(queue, next(names)).claim()
            if job is None:
                raise Refusal("NOTHING", "nothing to claim")
            return job
        finally:
            queue.mirror.close()

    claimed = [job for job in at_once(8, call) if isinstance(job, Job)]
    providers = [job.arguments["provider_key"] for job in claimed]
    assert len(providers) == len(set(providers))


def test_two_jobs_of_one_provider_that_are_claimed_by_name_at_the_same_moment_do_not_both_go(
    queue: JobQueue,
) -> None:
    for number in range(10):
        provider = f"provider-{number}"
        wanted = iter([submit_numbered(queue, provider, 0), submit_numbered(queue, provider, 1)])

        def call(wanted: Iterator[Job] = wanted) -> Job:
            try:
                asked = next(wanted)
                job = Claims(queue, str(asked.id)).claim(asked.id)
                if job is None:
                    raise Refusal("NOTHING", "nothing to claim")
                return job
            finally:
                queue.mirror.close()

        assert sorted(isinstance(job, Job) for job in at_once(2, call)) == [False, True]


def test_pruning_deletes_what_ended_before_and_nothing_that_waits(
    queue: JobQueue, claims: Claims, clock: VirtualClock
) -> None:
    ask(queue, "old")
    old = work(claims, SUCCEEDED)
    waiting = ask(queue, "waiting")
    clock.move(days=1)
    recent = queue.request_cancel(ask(queue, "recent").id)
    assert queue.prune(clock.now()) == 1
    assert refused(lambda: queue.get(old.id)) == "NOT_FOUND"
    assert queue.get(waiting.id).status is JobStatus.WAITING
    assert queue.get(recent.id).status is JobStatus.CANCELLED
