"""A worker process for tests: does jobs slowly, and keeps a ledger of when it did which."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from seatsync.domain.job import Job, JobKind
from seatsync.jobs.outcome import Backoff
from seatsync.jobs.queue import JobQueue
from seatsync.jobs.runner import Pace, Runner
from seatsync.mirror.database import Mirror
from seatsync.mirror.locks import Locks

if TYPE_CHECKING:
    from seatsync.domain.progress import ProgressSink
    from seatsync.sdk.context import Control


def main(url: str, ledger: Path, seconds: float, workers: int) -> None:
    """Do jobs until SIGTERM; each takes `seconds`."""

    def enter(word: str, job_id: object = "-", provider: object = "-") -> None:
        with ledger.open("a") as file:
            file.write(f"{time.monotonic()} {word} {job_id} {provider} {os.getpid()}\n")

    def handler(job: Job, control: Control, progress: ProgressSink) -> None:
        provider = job.arguments["provider_key"]
        enter("begin", job.id, provider)
        progress(1, 2, "half way")
        control.sleep(seconds)
        enter("end", job.id, provider)

    mirror = Mirror.open(url)
    handlers = dict.fromkeys(JobKind, handler)
    pace = Pace(poll_s=0.05, recover_s=0.3, backoff=Backoff(first_s=0.1))
    runner = Runner(JobQueue(mirror), Locks.for_mirror(mirror), handlers, workers, pace)
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    runner.start()
    enter("ready")
    told.wait()
    sys.exit(0 if runner.stop(timeout=10) else 1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
