"""An agent and the provider that it syncs, each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import yaml

from api_client import ask, get, post

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
PROVIDER = "pax8"
POLL_S = 0.25
PATIENCE_S = 60
SEALING_KEY = "bG9hZC10ZXN0LWtleS1vZi1zZWF0c3luYy0wMDAwMDA="
ENDED = {"SUCCEEDED", "FAILED", "NOT_APPLICABLE", "CANCELLED"}

SYNC = 'mutation { syncProvider(input: {providerKey: "pax8"}) { job { id } userErrors { code } } }'
JOB = """query ($id: ID!) {
  job(id: $id) { status errorMessage syncRun { outcome startedAt finishedAt } }
}"""


class AskedWrongly(Exception):
    """The agent did not do what it was asked to."""


@dataclass(frozen=True, slots=True)
class Running:
    """An agent at work, and the pipes of its provider."""

    port: int
    orders: IO[str]
    reports: IO[str]

    async def data(self, query: str, **variables: Any) -> Any:
        """Ask the agent, and return the data of its answer."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        answer = json.loads(await ask(self.port, post("/graphql", body)))
        if "errors" in answer:
            raise AskedWrongly(answer["errors"])
        return answer["data"]

    async def sync(self) -> float:
        """Change every subscription at the provider, sync them; return the sync's seconds."""
        await asyncio.to_thread(self._change_all)
        started = await self.data(SYNC)
        job = await self._ended(started["syncProvider"]["job"]["id"])
        if job["status"] != "SUCCEEDED" or job["syncRun"]["outcome"] != "SUCCEEDED":
            raise AskedWrongly(job)
        begun, finished = (job["syncRun"][name] for name in ("startedAt", "finishedAt"))
        return (datetime.fromisoformat(finished) - datetime.fromisoformat(begun)).total_seconds()

    def _change_all(self) -> None:
        print(1, file=self.orders, flush=True)
        self.reports.readline()

    async def _ended(self, job_id: str) -> Any:
        while True:
            job = (await self.data(JOB, id=job_id))["job"]
            if job["status"] in ENDED:
                return job
            await asyncio.sleep(POLL_S)

    async def until_ready(self) -> None:
        """Wait until the agent answers."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self._is_ready():  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(POLL_S)

    async def _is_ready(self) -> bool:
        try:
            return bool(await ask(self.port, get("/readyz")))
        except OSError:
            return False


@contextmanager
def running(folder: Path, customers: int, subscriptions: int) -> Iterator[Running]:
    """Start a provider of this size and an agent on it; end both afterwards."""
    provider = [sys.executable, str(HERE / "provider.py"), str(customers), str(subscriptions)]
    with subprocess.Popen(  # noqa: S603 - our own program
        provider, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None  # noqa: S101 - they are pipes
        assert process.stdout is not None  # noqa: S101
        settings = json.loads(process.stdout.readline()) | {"max_requests_per_second": 1e9}
        port = _free_port()
        with _agent(folder, port, settings):
            yield Running(port, process.stdin, process.stdout)
        process.stdin.close()


@contextmanager
def _agent(folder: Path, port: int, settings: dict[str, Any]) -> Iterator[None]:
    config, log = folder / "config.yaml", folder / "agent.log"
    entry = {"key": PROVIDER, "plugin": "pax8", "auto_sync": False, "settings": settings}
    document = {
        "database": {"url": f"sqlite:///{folder / 'seatsync.db'}"},
        "server": {"port": port},
        "providers": [entry],
    }
    config.write_text(yaml.safe_dump(document))
    command = [sys.executable, "-m", "seatsync", "serve", "--config", str(config)]
    environment = os.environ | {"SEATSYNC_SECRET_KEY": SEALING_KEY}
    with log.open("wb") as told:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=folder, stdout=told, stderr=told, env=environment
        )
    try:
        yield
        process.send_signal(signal.SIGTERM)
        if process.wait(PATIENCE_S) or b"ERROR" in log.read_bytes():
            raise AskedWrongly(log.read_text("utf-8")[-3000:])
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
