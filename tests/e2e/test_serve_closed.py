"""`seatsync serve` for callers with keys, and reachable from elsewhere."""

from __future__ import annotations

import json
import signal
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from click.testing import CliRunner
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from running import running
from seatsync.cli.program import program

if TYPE_CHECKING:
    from pathlib import Path

ANYWHERE = "0.0.0.0"  # noqa: S104 - what is tested
VIEWER = {"query": "{ viewer { name roles } }"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _made_key(*arguments: str) -> tuple[str, dict[str, Any]]:
    """Return a key and its entry, from what `seatsync key` prints."""
    lines = CliRunner().invoke(program, ["key", *arguments]).stdout.splitlines()
    return lines[2].strip(), yaml.safe_load(lines[-1])[0]


def test_beyond_loopback_it_is_not_started_without_authentication(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"server": {"host": ANYWHERE}}))
    with running(tmp_path, "serve") as agent:
        assert agent.process.wait(30) == 2
        assert "server.host: must be a loopback address" in agent.stderr
    assert not (tmp_path / "seatsync.db").exists()


def test_with_keys_it_serves_everywhere_those_who_have_one(tmp_path: Path) -> None:
    key, entry = _made_key("dashboard", "--role", "READER")
    port = _free_port()
    document = {
        "server": {"host": ANYWHERE, "port": port},
        "auth": {"mode": "keys", "keys": [entry]},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(document))
    bearer = {"Authorization": f"Bearer {key}"}
    with running(tmp_path, "serve") as agent:
        agent.wait_for("GraphQL is at")
        base = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{base}/readyz").status_code == 200
        assert httpx.post(f"{base}/graphql", json=VIEWER).status_code == 401
        answer = httpx.post(f"{base}/graphql", json=VIEWER, headers=bearer).json()
        assert answer == {"data": {"viewer": {"name": "dashboard", "roles": ["READER"]}}}
        assert "seatsync_jobs" in httpx.get(f"{base}/metrics", headers=bearer).text
        with connect(
            f"ws://127.0.0.1:{port}/graphql",
            subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
            additional_headers=bearer,
            proxy=None,
        ) as talk:
            talk.send(json.dumps({"type": "connection_init"}))
            assert json.loads(talk.recv(20)) == {"type": "connection_ack"}
            follow = {"query": "subscription { syncReport { id } }"}
            talk.send(json.dumps({"type": "subscribe", "id": "a", "payload": follow}))
            assert agent.stop(signal.SIGTERM) == 0, agent.stderr
            with pytest.raises(ConnectionClosed):
                talk.recv(20)
        assert key not in agent.stdout + agent.stderr
        assert "Traceback" not in agent.stderr
