"""How a job goes on after its handler: decided from what the handler raised."""

from __future__ import annotations

from dataclasses import dataclass

from seatsync.domain.job import JobStatus
from seatsync.errors import Cancelled, NotApplicable, PassingFault, SeatsyncError

INTERNAL = "INTERNAL"
WORKER_LOST = "WORKER_LOST"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next state of a job, and why.

    `wait_s` is how long it waits before it is due again; `counts` is False if the attempt
    is not to be counted.
    """

    status: JobStatus
    error_code: str | None = None
    error_message: str | None = None
    wait_s: float = 0.0
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a job waits between attempts, in seconds: doubling from `first_s` to `cap_s`."""

    first_s: float = 5.0
    cap_s: float = 300.0

    def wait_s(self, attempts: int, jitter: float) -> float:
        """Return the wait after `attempts` (at least 1); `jitter` in [0, 1) takes off up to half.

        The jitter keeps jobs that failed together from coming back together.
        """
        doublings = min(attempts - 1, 32)
        full = min(self.first_s * (1 << doublings), self.cap_s)
        return full * (1 - jitter / 2)


def decide_outcome(fault: Exception | None, *, is_handed_back: bool, reference: str) -> Outcome:
    """Decide for a job whose attempts are not used up.

    `is_handed_back` tells that it was the shutdown which asked to stop; `reference` leads to
    the log entry of a fault that nobody foresaw.
    """
    if fault is None:
        return Outcome(JobStatus.SUCCEEDED)
    if isinstance(fault, Cancelled):
        return _stopped(is_handed_back=is_handed_back)
    if isinstance(fault, SeatsyncError):
        return Outcome(_status_after(fault), fault.code, explain(fault))
    return Outcome(JobStatus.FAILED, INTERNAL, internal_message(reference))


def _stopped(*, is_handed_back: bool) -> Outcome:
    if is_handed_back:
        return Outcome(JobStatus.WAITING, counts=False)
    return Outcome(JobStatus.CANCELLED)


def _status_after(fault: SeatsyncError) -> JobStatus:
    match fault:
        case PassingFault():
            return JobStatus.RETRY
        case NotApplicable():
            return JobStatus.NOT_APPLICABLE
        case _:
            return JobStatus.FAILED


def limit_attempts(outcome: Outcome, *, attempts: int, max_attempts: int, wait_s: float) -> Outcome:
    """Turn another attempt into FAILED if there was the last one; else let it wait."""
    if outcome.status is not JobStatus.RETRY:
        return outcome
    if attempts >= max_attempts:
        return Outcome(JobStatus.FAILED, outcome.error_code, outcome.error_message)
    return Outcome(JobStatus.RETRY, outcome.error_code, outcome.error_message, wait_s)


def lost_outcome() -> Outcome:
    """Return the outcome of a job whose worker ended without a word."""
    return Outcome(
        JobStatus.RETRY,
        WORKER_LOST,
        "The process that worked on this job ended before the job did.",
    )


def explain(fault: SeatsyncError) -> str:
    """Return the message of a fault and its remedy, as text that any database keeps."""
    text = f"{fault.message.rstrip('.')}. {fault.remedy}" if fault.remedy else fault.message
    return text.replace("\0", "").encode(errors="replace").decode()


def internal_message(reference: str) -> str:
    """Say that nobody foresaw this, without what only the log may hold."""
    return f"An unexpected fault ended this job; the log has the details under {reference}."
