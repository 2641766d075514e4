from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg2
import pytest

from seatsync.errors import Cancelled, DatabaseBusy, DatabaseUnusable
from seatsync.mirror.locks import Locks
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local_postgres import PostgresServer

HOLDER = """
import sys, time
from seatsync.mirror.locks import Locks
held = Locks(sys.argv[1]).try_hold(sys.argv[2])
print("held" if held else "refused", flush=True)
time.sleep(60)
"""


def start_holder(url: str, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, url, name], stdout=subprocess.PIPE, text=True
    )


def first_word(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def soon(condition: Callable[[], bool], within_s: float = 5) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def test_a_lock_has_one_holder_at_a_time(database_url: str) -> None:
    locks = Locks(database_url)
    first = locks.try_hold("provider:pax8")
    assert first is not None
    assert locks.try_hold("provider:pax8") is None
    first.release()
    with locks.try_hold("provider:pax8") or pytest.fail("it was released"):
        pass


def test_locks_of_different_names_do_not_meet(database_url: str) -> None:
    locks = Locks(database_url)
    names = ["provider:a", "provider-a", "provider:A", "../provider", "ä", "ö", "x" * 500, ""]
    held = [locks.try_hold(name) for name in names]
    assert all(held)
    for one in held:
        assert one is not None
        one.release()


def test_two_databases_do_not_share_locks(database_url: str, tmp_path: Path) -> None:
    with Locks(database_url).try_hold("prune") or pytest.fail("nobody has it"):
        assert not Locks(f"sqlite:///{tmp_path / 'other.db'}").is_held("prune")


def test_threads_of_one_process_exclude_each_other(database_url: str) -> None:
    locks = Locks(database_url)
    with ThreadPoolExecutor(8) as threads:
        held = [one for one in threads.map(locks.try_hold, ["sync"] * 8) if one is not None]
    assert len(held) == 1
    held[0].release()


def test_another_thread_may_release(database_url: str) -> None:
    locks = Locks(database_url)
    held = locks.try_hold("sync")
    assert held is not None
    thread = threading.Thread(target=held.release)
    thread.start()
    thread.join()
    assert not locks.is_held("sync")


def test_releasing_twice_does_not_free_the_next_holder(database_url: str) -> None:
    locks = Locks(database_url)
    first = locks.try_hold("sync")
    assert first is not None
    first.release()
    with locks.try_hold("sync") or pytest.fail("it was released"):
        first.release()
        assert locks.is_held("sync")


def test_looking_does_not_take_and_tells_the_truth(database_url: str) -> None:
    locks = Locks(database_url)
    assert not locks.is_held("worker:1")
    with locks.try_hold("worker:1") or pytest.fail("nobody has it"):
        assert locks.is_held("worker:1")
        assert not locks.is_held("worker:2")
    assert not locks.is_held("worker:1")


def test_a_lock_is_not_missed_because_others_look(database_url: str) -> None:
    locks = Locks(database_url)
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            locks.is_held("provider:pax8")

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for _ in range(30):
            with locks.try_hold("provider:pax8") or pytest.fail("only lookers were there"):
                pass
    finally:
        stop.set()
        looker.join()


def test_no_two_processes_are_ever_inside_together(database_url: str, tmp_path: Path) -> None:
    script = """
import os, sys, time
from pathlib import Path
from seatsync.mirror.locks import Locks
from seatsync.sdk.context import Control
locks, room = Locks(sys.argv[1]), Path(sys.argv[2])
for _ in range(15):
    with locks.hold("room", Control(), poll_s=0.001):
        os.close(os.open(room, os.O_CREAT | os.O_EXCL))
        time.sleep(0.001)
        room.unlink()
"""
    command = [sys.executable, "-c", script, database_url, str(tmp_path / "room")]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]


def test_a_killed_process_lets_go(database_url: str) -> None:
    locks = Locks(database_url)
    process = start_holder(database_url, "worker:7")
    try:
        assert first_word(process) == "held"
        assert locks.is_held("worker:7")
        assert locks.try_hold("worker:7") is None
    finally:
        kill(process)
    assert soon(lambda: not locks.is_held("worker:7"))
    with locks.try_hold("worker:7") or pytest.fail("its holder is dead"):
        pass


def test_a_child_process_does_not_keep_the_lock_of_a_dead_parent(database_url: str) -> None:
    script = HOLDER.replace(
        "time.sleep(60)",
        "import subprocess\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, database_url, "sync"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first_word(process) == "held"
    child = int(first_word(process))
    process.send_signal(signal.SIGKILL)
    process.wait()
    try:
        assert soon(lambda: not Locks(database_url).is_held("sync"))
    finally:
        os.kill(child, signal.SIGKILL)
        process.communicate()


def test_waiting_ends_when_the_holder_leaves(database_url: str) -> None:
    locks = Locks(database_url)
    held = locks.try_hold("sync")
    assert held is not None
    timer = threading.Timer(0.2, held.release)
    timer.start()
    with locks.hold("sync", Control(), poll_s=0.01) as mine:
        assert mine.is_in_force()
    timer.join()
    assert not locks.is_held("sync")


def test_waiting_ends_when_told_to_stop(database_url: str) -> None:
    locks, control = Locks(database_url), Control()
    timer = threading.Timer(0.1, control.cancel, ["shutting down"])
    with locks.try_hold("sync") or pytest.fail("nobody has it"):
        timer.start()
        with (
            pytest.raises(Cancelled, match="shutting down"),
            locks.hold("sync", control, poll_s=60),
        ):
            pytest.fail("somebody else has it")
    timer.join()


def test_a_lock_is_freed_when_its_block_fails(database_url: str) -> None:
    locks = Locks(database_url)
    with pytest.raises(ZeroDivisionError), locks.hold("sync", Control()):
        raise ZeroDivisionError
    assert not locks.is_held("sync")


def test_the_folder_of_file_locks_does_not_grow(sqlite_url: str, tmp_path: Path) -> None:
    locks = Locks(sqlite_url)
    for number in range(5):
        with locks.try_hold(f"worker:{number}") or pytest.fail("nobody has it"):
            pass
    assert [file.name for file in (tmp_path / "seatsync.db.locks").iterdir()] == ["gate"]


def test_two_spellings_of_one_file_share_their_locks(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "seatsync.db")
    with Locks(sqlite_url).try_hold("sync") or pytest.fail("nobody has it"):
        assert Locks(f"sqlite:///{tmp_path / 'link.db'}").is_held("sync")


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="no lock can be kept") as caught:
        Locks(f"sqlite:///{tmp_path / 'nowhere' / 'seatsync.db'}").try_hold("sync")
    assert caught.value.remedy


def test_a_server_that_is_down_is_said_without_the_password() -> None:
    with pytest.raises(DatabaseBusy) as caught:
        Locks("postgresql://seatsync:hush-hush@127.0.0.1:1/seatsync").try_hold("sync")
    assert "127.0.0.1" in str(caught.value)
    assert "hush-hush" not in str(caught.value)


def test_a_holder_notices_that_the_server_forgot_its_lock(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    locks = Locks(postgres_url)
    held = locks.try_hold("sync")
    assert held is not None
    assert held.is_in_force()
    _cut_off_everybody(postgres_server, postgres_url)
    assert not held.is_in_force()
    held.release()
    assert not locks.is_held("sync")


def _cut_off_everybody(server: PostgresServer, url: str) -> None:
    administrator = psycopg2.connect(server.url("postgres"))
    try:
        with administrator.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                (url.rpartition("/")[2],),
            )
    finally:
        administrator.close()
