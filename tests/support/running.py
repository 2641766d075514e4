"""Commands of ours that run in a process of their own until they are told to stop."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 30.0


class Running:
    """A process with what it has written so far."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process = process
        self.folder = folder

    @property
    def stdout(self) -> str:
        return (self.folder / "stdout").read_text()

    @property
    def stderr(self) -> str:
        return (self.folder / "stderr").read_text()

    def wait_for(self, text: str) -> None:
        """Wait until the process has written a text to either stream."""
        end = time.monotonic() + PATIENCE_S
        while text not in self.stdout + self.stderr:
            assert self.process.poll() is None, self.stderr
            assert time.monotonic() < end, f"waited in vain for {text!r}: {self.stderr}"
            time.sleep(0.05)

    def stop(self, number: signal.Signals) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Running]:
    """Run `seatsync` with these arguments in a folder; it is killed if it outlives the test."""
    folder.mkdir(exist_ok=True)
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "seatsync", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=os.environ | {"PYTHONWARNINGS": "error"},
        )
    try:
        yield Running(process, folder)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
