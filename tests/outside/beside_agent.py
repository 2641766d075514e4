"""Run a command beside an agent of its own: simulated providers, a temporary folder, a free port.

    python tests/outside/beside_agent.py [--life SECONDS] COMMAND [ARGUMENT...]

The command finds the agent's GraphQL endpoint in the environment, as SEATSYNC_URL. It fails when
the command does, when the agent ends too soon, does not end when told to, or logs an error.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE_S = 60
"""How long the agent may take to start, and to end."""

POLL_S = 0.1

SHORT_LIVED = """
import os, signal, sys
signal.alarm(int(sys.argv[1]))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
"""Ends a program after so many seconds, whoever started it being gone: an alarm outlives exec."""

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/graphql")
FAULT = re.compile(r"^(?:\S+ )?(?:ERROR|CRITICAL)\b|^Traceback", re.MULTILINE)


class Finding(Exception):
    """What a check finds wrong."""


@dataclass
class Subject:
    """The agent that is looked at."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def told(self) -> str:
        """What it has written so far."""
        return self.log.read_text(errors="replace")

    def address(self) -> str:
        """Wait until it serves; return its GraphQL endpoint."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            found = ADDRESS.search(self.told)
            if found and _is_ready(found[0]):
                return found[0]
            time.sleep(POLL_S)
        raise Finding(f"the agent does not serve:\n{self.told[-2000:]}")

    def end(self) -> None:
        """Tell it to end; raise `Finding` if it does not do so well, or logged an error."""
        if (code := self.process.poll()) is not None:
            raise Finding(f"the agent ended by itself with {code}:\n{self.told[-2000:]}")
        self.process.terminate()
        if code := self.process.wait(PATIENCE_S):
            raise Finding(f"the agent ended with {code}:\n{self.told[-2000:]}")
        if fault := FAULT.search(self.told):
            raise Finding(f"the agent logged:\n{self.told[fault.start() :][:4000]}")


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(address.replace("/graphql", "/readyz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@contextmanager
def subject(life_s: int) -> Iterator[Subject]:
    """Start an agent that lives for `life_s` seconds at most; kill it if it has not ended."""
    with tempfile.TemporaryDirectory(prefix="seatsync-outside-") as folder:
        log = Path(folder) / "agent.log"
        demo = ["-u", "-m", "seatsync", "demo", "--port", "0", "--every", "5"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", SHORT_LIVED, str(life_s), *demo],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        try:
            yield Subject(process, log)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def run_beside_agent(command: Sequence[str], life_s: int) -> None:
    """Run the command; raise `Finding` if it or the agent fails."""
    with subject(life_s) as agent:
        address = agent.address()
        print(f"An agent serves at {address} (process {agent.process.pid})", flush=True)
        environment = os.environ | {"SEATSYNC_URL": address}
        try:
            done = subprocess.run(command, env=environment, timeout=life_s, check=False)
        except subprocess.TimeoutExpired as error:
            raise Finding(f"the check takes longer than {life_s} s") from error
        agent.end()
        if done.returncode:
            raise Finding(f"{command[0]} ended with {done.returncode}")


def main(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(description="Run a command beside an agent of its own.")
    parser.add_argument("--life", type=int, default=300, help="seconds that both may take")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    try:
        run_beside_agent(asked.command, asked.life)
    except Finding as finding:
        print(finding, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
