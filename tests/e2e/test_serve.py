"""`seatsync serve` as a service: starting, refusing to, and ending."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING

import httpx
import yaml

from running import running

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

KEY = "c2VhdHN5bmMtdGVzdC1rZXktMzItYnl0ZXMtbG9uZyE="


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _configure(folder: Path, port: int, url: str = "sqlite:///seatsync.db") -> None:
    document = {"database": {"url": url}, "server": {"port": port}}
    (folder / "config.yaml").write_text(yaml.safe_dump(document))


def test_it_makes_its_database_serves_and_ends_with_0_on_sigterm(tmp_path: Path) -> None:
    port = _free_port()
    _configure(tmp_path, port)
    with running(tmp_path, "serve") as agent:
        agent.wait_for("GraphQL is at")
        ready = httpx.get(f"http://127.0.0.1:{port}/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert agent.stop(signal.SIGTERM) == 0, agent.stderr
        assert "Traceback" not in agent.stderr
    assert (tmp_path / "seatsync.db").exists()


def test_json_logs_are_one_object_a_line(tmp_path: Path) -> None:
    _configure(tmp_path, _free_port())
    with running(tmp_path, "--log-format", "json", "serve") as agent:
        agent.wait_for("GraphQL is at")
        agent.stop(signal.SIGTERM)
        lines = [yaml.safe_load(line) for line in agent.stderr.splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)


def test_a_port_that_is_taken_ends_it_with_2_and_a_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        _configure(tmp_path, port)
        with running(tmp_path, "serve") as agent:
            assert agent.process.wait(30) == 2
            assert "is taken by another program" in agent.stderr
            assert "server.port" in agent.stderr


def test_a_server_database_of_another_version_is_refused_until_it_is_migrated(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "SEATSYNC_SECRET_KEY", KEY)
    _configure(tmp_path, _free_port(), postgres_url)
    with running(tmp_path, "serve") as agent:
        assert agent.process.wait(30) == 2
        assert "seatsync migrate" in agent.stderr
    with running(tmp_path, "migrate") as migration:
        assert migration.process.wait(30) == 0, migration.stderr
    with running(tmp_path, "serve") as agent:
        agent.wait_for("GraphQL is at")
        assert agent.stop(signal.SIGTERM) == 0, agent.stderr
