from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync import errors
from seatsync.domain.job import JobStatus
from seatsync.jobs.outcome import (
    Backoff,
    Outcome,
    decide_outcome,
    explain,
    limit_attempts,
    lost_outcome,
)


def decide(fault: Exception | None, *, is_handed_back: bool = False) -> Outcome:
    return decide_outcome(fault, is_handed_back=is_handed_back, reference="0a1b2c3d")


def test_a_handler_that_returns_has_succeeded() -> None:
    assert decide(None) == Outcome(JobStatus.SUCCEEDED)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (errors.ProviderUnreachable("no route"), JobStatus.RETRY, "PROVIDER_UNREACHABLE"),
        (errors.DatabaseBusy("locked"), JobStatus.RETRY, "DATABASE_BUSY"),
        (errors.CredentialsRefused("expired"), JobStatus.FAILED, "CREDENTIALS_REFUSED"),
        (errors.Refusal("PREVIEW_OUTDATED", "moved"), JobStatus.FAILED, "PREVIEW_OUTDATED"),
        (errors.RecordError("no id"), JobStatus.FAILED, "RECORD_UNREADABLE"),
        (errors.PluginUnusable("pax8", "gone"), JobStatus.FAILED, "PLUGIN_UNUSABLE"),
        (errors.Forbidden("sync", "ADMIN"), JobStatus.FAILED, "FORBIDDEN"),
        (errors.NotApplicable("gone"), JobStatus.NOT_APPLICABLE, "NOT_APPLICABLE"),
        (ValueError("secret"), JobStatus.FAILED, "INTERNAL"),
    ],
)
def test_each_kind_of_fault_ends_in_its_state_with_its_code(
    fault: Exception, status: JobStatus, code: str
) -> None:
    outcome = decide(fault)
    assert (outcome.status, outcome.error_code) == (status, code)


def test_an_unforeseen_fault_shows_its_reference_and_nothing_of_its_text() -> None:
    outcome = decide(ValueError("the token is hunter2"))
    assert outcome.error_message is not None
    assert "0a1b2c3d" in outcome.error_message
    assert "hunter2" not in outcome.error_message


def test_a_job_stopped_by_a_person_is_cancelled() -> None:
    assert decide(errors.Cancelled()).status is JobStatus.CANCELLED


def test_a_job_stopped_by_the_shutdown_waits_again_and_loses_no_attempt() -> None:
    outcome = decide(errors.Cancelled("shutdown"), is_handed_back=True)
    assert outcome == Outcome(JobStatus.WAITING, counts=False)


def test_a_job_that_succeeds_during_the_shutdown_has_succeeded() -> None:
    assert decide(None, is_handed_back=True).status is JobStatus.SUCCEEDED


def test_a_message_ends_with_what_can_be_done() -> None:
    fault = errors.ProviderUnreachable("no route", remedy="Check the network.")
    assert explain(fault) == "no route. Check the network."


@given(st.text())
def test_any_message_is_made_such_that_a_database_can_keep_it(text: str) -> None:
    kept = explain(errors.StandingFault(text + "\ud800\0"))
    assert "\0" not in kept
    assert kept.encode().decode() == kept


@given(attempts=st.integers(1, 10), max_attempts=st.integers(1, 10))
def test_another_attempt_is_made_until_they_are_used_up(attempts: int, max_attempts: int) -> None:
    outcome = limit_attempts(
        decide(errors.ProviderThrottled("429")),
        attempts=attempts,
        max_attempts=max_attempts,
        wait_s=7,
    )
    is_last = attempts >= max_attempts
    assert outcome.status is (JobStatus.FAILED if is_last else JobStatus.RETRY)
    assert outcome.error_code == "PROVIDER_THROTTLED"
    assert outcome.wait_s == (0 if is_last else 7)


def test_a_lost_worker_costs_an_attempt_and_says_so() -> None:
    kept = limit_attempts(lost_outcome(), attempts=4, max_attempts=5, wait_s=0)
    ended = limit_attempts(lost_outcome(), attempts=5, max_attempts=5, wait_s=0)
    assert (kept.status, kept.counts) == (JobStatus.RETRY, True)
    assert (ended.status, ended.error_code) == (JobStatus.FAILED, "WORKER_LOST")


@given(attempts=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_the_wait_between_attempts_doubles_up_to_its_cap_and_jitter_takes_off_half_at_most(
    attempts: int, jitter: float
) -> None:
    backoff = Backoff(first_s=5, cap_s=300)
    full = min(5 * 2 ** min(attempts - 1, 20), 300)
    assert full / 2 <= backoff.wait_s(attempts, jitter) <= full
    assert backoff.wait_s(attempts, 0) == full
