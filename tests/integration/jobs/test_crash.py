"""Real processes, really killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from job_support import eventually
from seatsync.domain.job import Job, JobKind, JobStatus
from seatsync.jobs.queue import JobQueue
from seatsync.sdk.context import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.mirror.database import Mirror

SUPPORT = Path(__file__).parents[2] / "support"

ASK = """
import sys
from seatsync.domain.job import JobKind
from seatsync.jobs.queue import JobQueue
from seatsync.mirror.database import Mirror
mirror = Mirror.open(sys.argv[1])
job = JobQueue(mirror).submit(
    JobKind.SYNC_PROVIDER, arguments={"provider_key": "pax8"}, requested_by="ada",
    provider_key="pax8", idempotency_key="k1",
)
print(job.id)
mirror.close()
"""


class Line(NamedTuple):
    """One line of the ledger."""

    at: float
    word: str
    job: str
    provider: str
    pid: int


class Workers:
    """Starts worker processes and reads the ledger that they keep together."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.ledger = folder / "ledger"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, seconds: float, workers: int = 4) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [
                sys.executable,
                SUPPORT / "job_worker.py",
                self.url,
                self.ledger,
                str(seconds),
                str(workers),
            ]
        )
        self.processes.append(process)
        return process

    def lines(self) -> list[Line]:
        text = self.ledger.read_text() if self.ledger.exists() else ""
        fields = [line.split() for line in text.splitlines()]
        return [Line(float(at), word, job, key, int(pid)) for at, word, job, key, pid in fields]

    def pids(self, word: str) -> set[int]:
        return {line.pid for line in self.lines() if line.word == word}

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def queue(mirror: Mirror) -> JobQueue:
    return JobQueue(mirror, Clock())


@pytest.fixture
def workers(mirror: Mirror, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(mirror.url, tmp_path)
    yield workers
    workers.stop()


def ask(queue: JobQueue, provider: str, number: int = 0, max_attempts: int = 5) -> Job:
    return queue.submit(
        JobKind.SYNC_PROVIDER,
        arguments={"provider_key": provider, "number": number},
        requested_by="ada",
        provider_key=provider,
        max_attempts=max_attempts,
    )


def has_status(queue: JobQueue, job: Job, status: JobStatus) -> Callable[[], bool]:
    return lambda: queue.get(job.id).status is status


def test_a_job_in_progress_is_picked_up_again_by_the_next_process_after_kill_9(
    queue: JobQueue, workers: Workers
) -> None:
    first = workers.start(seconds=60)
    job = ask(queue, "pax8")
    eventually(has_status(queue, job, JobStatus.IN_PROGRESS))
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = workers.start(seconds=0)
    eventually(has_status(queue, job, JobStatus.SUCCEEDED))
    assert queue.get(job.id).attempts == 2
    assert [line.pid for line in workers.lines()][-1] == second.pid


def test_a_living_process_takes_over_from_one_that_was_killed(
    queue: JobQueue, workers: Workers
) -> None:
    killed = workers.start(seconds=60)
    job = ask(queue, "pax8")
    eventually(has_status(queue, job, JobStatus.IN_PROGRESS))
    survivor = workers.start(seconds=0)
    eventually(lambda: survivor.pid in workers.pids("ready"))
    killed.send_signal(signal.SIGKILL)
    eventually(has_status(queue, job, JobStatus.SUCCEEDED))


def test_a_job_that_kills_every_process_fails_with_its_reason(
    queue: JobQueue, workers: Workers
) -> None:
    job = ask(queue, "pax8", max_attempts=2)
    for _ in range(2):
        process = workers.start(seconds=60)
        eventually(lambda: process.pid in workers.pids("begin"))  # noqa: B023
        process.send_signal(signal.SIGKILL)
        process.wait()
    workers.start(seconds=60)
    eventually(has_status(queue, job, JobStatus.FAILED))
    assert queue.get(job.id).error_code == "WORKER_LOST"


def test_a_process_that_is_told_to_end_hands_its_job_back(
    queue: JobQueue, workers: Workers
) -> None:
    process = workers.start(seconds=60)
    job = ask(queue, "pax8")
    eventually(has_status(queue, job, JobStatus.IN_PROGRESS))
    process.terminate()
    assert process.wait(20) == 0
    handed_back = queue.get(job.id)
    assert (handed_back.status, handed_back.attempts) == (JobStatus.WAITING, 0)


def test_two_processes_never_do_a_job_twice_nor_two_jobs_of_one_provider_at_once(
    queue: JobQueue, workers: Workers
) -> None:
    for _ in range(2):
        workers.start(seconds=0.05, workers=2)
    eventually(lambda: [line.word for line in workers.lines()] == ["ready"] * 2)
    jobs = [ask(queue, provider, number) for number in range(5) for provider in "abc"]
    for job in jobs:
        eventually(has_status(queue, job, JobStatus.SUCCEEDED), patience_s=60)
    lines = [line for line in workers.lines() if line.word != "ready"]
    begun = Counter(line.job for line in lines if line.word == "begin")
    assert begun == Counter(str(job.id) for job in jobs)
    assert len({line.pid for line in lines}) == 2
    for provider in "abc":
        words = [line.word for line in sorted(lines) if line.provider == provider]
        assert words == ["begin", "end"] * 5


def test_processes_that_ask_at_the_same_moment_with_one_key_get_one_job(mirror: Mirror) -> None:
    def ask_elsewhere(_: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", ASK, mirror.url], check=True, capture_output=True, text=True
        )
        return done.stdout

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask_elsewhere, range(4)))) == 1
