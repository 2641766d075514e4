from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from pony.orm import TransactionIntegrityError

from seatsync.mirror.locks import Locks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.mirror.database import Mirror

INSERT = "INSERT INTO setting (name, value, updated_at) VALUES (:name, '1', '2026-01-01 00:00:00')"
NOON = datetime(2026, 1, 1, 12)  # noqa: DTZ001  as entities want it


class Stopped(Exception):
    """The work inside a session failed."""


@contextmanager
def failing_session(mirror: Mirror) -> Iterator[None]:
    """Open a session to write in, let it fail at its end, and expect that to come out."""
    with pytest.raises(Stopped), mirror.writing():  # noqa: PT012  both belong to the session
        yield
        raise Stopped


def put(mirror: Mirror, name: str) -> None:
    with mirror.writing():
        mirror.execute(INSERT, {"name": name})


def make_provider(mirror: Mirror) -> None:
    mirror.db.Provider(
        key="p",
        plugin="p",
        display_name="P",
        auto_sync=True,
        is_configured=True,
        health_state="UNKNOWN",
        health={},
    )


def names(mirror: Mirror) -> set[str]:
    with mirror.reading():
        return {row[0] for row in mirror.rows("SELECT name FROM setting")}


def test_a_session_commits_at_its_end(mirror: Mirror) -> None:
    with mirror.writing():
        assert mirror.execute(INSERT, {"name": "a"}) == 1
    assert names(mirror) == {"a"}


def test_a_session_that_fails_changes_nothing(mirror: Mirror) -> None:
    with failing_session(mirror):
        mirror.execute(INSERT, {"name": "a"})
        mirror.execute_many(INSERT.replace(":name", "?"), [("b",), ("c",)])
        mirror.insert("setting", ["name", "value", "updated_at"], [("d", "1", "2026-01-01")])
    assert names(mirror) == set()


def test_statements_and_entities_share_one_transaction(mirror: Mirror) -> None:
    with failing_session(mirror):
        mirror.execute(INSERT, {"name": "a"})
        make_provider(mirror)
        mirror.db.flush()
    with mirror.reading():
        assert mirror.rows("SELECT count(*) FROM provider") == [(0,)]


def test_rows_may_refer_to_entities_made_just_before(mirror: Mirror) -> None:
    with mirror.writing():
        make_provider(mirror)
        columns = ["provider_key", "name", "sealed", "updated_at"]
        mirror.insert("plugin_state", columns, [("p", "token", b"\0\xff", "2026-01-01")])
    with mirror.reading():
        ((sealed,),) = mirror.rows("SELECT sealed FROM plugin_state")
        assert bytes(sealed) == b"\0\xff"


def test_queries_see_what_entities_were_just_given(mirror: Mirror) -> None:
    with mirror.writing():
        make_provider(mirror)
        mirror.db.Provider["p"].display_name = "Changed"
        assert mirror.rows("SELECT display_name FROM provider") == [("Changed",)]


def test_a_nested_session_joins_the_outer_one(mirror: Mirror) -> None:
    with failing_session(mirror), mirror.writing(), mirror.reading():
        mirror.execute(INSERT, {"name": "a"})
    assert names(mirror) == set()


def test_an_outer_session_does_not_commit_what_an_inner_one_left_half_done(mirror: Mirror) -> None:
    def outer() -> None:
        with mirror.writing():
            with failing_session(mirror):
                mirror.execute(INSERT, {"name": "half"})
            mirror.execute(INSERT, {"name": "other"})

    with pytest.raises(RuntimeError, match="inner unit of work"):
        outer()
    assert names(mirror) == set()
    put(mirror, "next")
    assert names(mirror) == {"next"}


def test_what_reads_cannot_write(mirror: Mirror) -> None:
    with mirror.reading():
        with pytest.raises(RuntimeError, match="writing"):
            mirror.execute(INSERT, {"name": "a"})
        with pytest.raises(RuntimeError, match="writing"):
            mirror.insert("setting", ["name"], [("a",)])
        with pytest.raises(RuntimeError, match="writing"):
            put(mirror, "a")
    assert names(mirror) == set()


def test_entities_changed_where_only_reading_was_meant_stay_as_they_were(mirror: Mirror) -> None:
    def change() -> None:
        with mirror.reading():
            mirror.db.Provider["p"].display_name = "Changed"

    def change_and_ask() -> None:
        with mirror.reading():
            mirror.db.Provider["p"].display_name = "Changed"
            mirror.rows("SELECT display_name FROM provider")

    with mirror.writing():
        make_provider(mirror)
    for attempt in (change, change_and_ask):
        with pytest.raises(RuntimeError, match="only reads"):
            attempt()
    with mirror.reading():
        assert mirror.rows("SELECT display_name FROM provider") == [("P",)]


def test_sessions_of_two_databases_do_not_get_entangled(
    mirror: Mirror, sqlite_mirror: Mirror
) -> None:
    other = type(mirror).open(sqlite_mirror.url)
    with mirror.reading(), pytest.raises(RuntimeError, match="another database"):
        put(other, "a")
    assert names(other) == set()
    other.close()


def test_a_session_says_whether_it_is_open(mirror: Mirror) -> None:
    assert not mirror.in_session
    with mirror.writing():
        assert mirror.in_session
    with mirror.reading():
        assert mirror.in_session
    assert not mirror.in_session


def test_a_session_of_another_thread_is_not_ours(mirror: Mirror) -> None:
    with ThreadPoolExecutor(1) as thread, mirror.reading():
        assert not thread.submit(lambda: mirror.in_session).result()


def test_a_broken_rule_of_the_tables_changes_nothing(mirror: Mirror) -> None:
    def break_it() -> None:
        with mirror.writing():
            mirror.db.Setting(name="b", value=1, updated_at=NOON)
            mirror.db.flush()
            mirror.db.Setting(name="a", value=1, updated_at=NOON)

    put(mirror, "a")
    with pytest.raises(TransactionIntegrityError):
        break_it()
    assert names(mirror) == {"a"}


def test_writers_of_one_process_take_turns(mirror: Mirror) -> None:
    put(mirror, "counter")

    def count(_: int) -> None:
        with mirror.writing():
            if not mirror.is_sqlite:
                mirror.execute("LOCK TABLE setting IN EXCLUSIVE MODE")
            ((value,),) = mirror.rows("SELECT value FROM setting")
            time.sleep(0.001)
            mirror.execute("UPDATE setting SET value = :value", {"value": str(int(value) + 1)})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(40)))
    with mirror.reading():
        ((value,),) = mirror.rows("SELECT value FROM setting")
    assert int(value) == 41


def test_who_writes_does_not_hold_up_who_reads(mirror: Mirror) -> None:
    put(mirror, "before")
    with ThreadPoolExecutor(1) as thread, mirror.writing():
        mirror.execute(INSERT, {"name": "unfinished"})
        assert thread.submit(names, mirror).result(timeout=5) == {"before"}
    assert names(mirror) == {"before", "unfinished"}


def test_who_reads_does_not_hold_up_who_writes(mirror: Mirror) -> None:
    with ThreadPoolExecutor(1) as thread, mirror.reading():
        assert mirror.rows("SELECT name FROM setting") == []
        thread.submit(put, mirror, "a").result(timeout=5)
    assert names(mirror) == {"a"}


def test_processes_that_write_at_once_all_succeed(mirror: Mirror) -> None:
    script = """
import sys
from seatsync.mirror.database import Mirror
mirror = Mirror.open(sys.argv[1])
insert = "INSERT INTO setting (name, value, updated_at) VALUES (:name, '1', '2026-01-01')"
for number in range(50):
    with mirror.writing(durable=number % 2 == 0):
        mirror.rows("SELECT count(*) FROM setting")
        mirror.execute(insert, {"name": f"{sys.argv[2]}-{number}"})
"""
    processes = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", script, mirror.url, str(number)])
        for number in range(3)
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert len(names(mirror)) == 150


def test_a_process_killed_in_a_session_leaves_nothing_of_it(mirror: Mirror) -> None:
    script = """
import sys, time
from seatsync.mirror.database import Mirror
mirror = Mirror.open(sys.argv[1])
insert = "INSERT INTO setting (name, value, updated_at) VALUES (:name, '1', '2026-01-01')"
with mirror.writing(durable=False):
    mirror.execute(insert, {"name": "whole"})
with mirror.writing():
    mirror.execute(insert, {"name": "half"})
    print("half", flush=True)
    time.sleep(60)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script, mirror.url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    process.kill()
    process.communicate()
    assert names(mirror) == {"whole"}
    put(mirror, "next")
    assert names(mirror) == {"whole", "next"}


def test_one_thread_may_hold_locks_while_it_writes(mirror: Mirror) -> None:
    lock = Locks.for_mirror(mirror).try_hold("provider:p")
    assert lock is not None
    with lock:
        put(mirror, "a")
        assert lock.is_in_force()
    assert names(mirror) == {"a"}


def test_a_mirror_may_be_closed_and_used_again(mirror: Mirror) -> None:
    put(mirror, "a")
    mirror.close()
    assert names(mirror) == {"a"}


def test_two_mirrors_of_one_database_see_each_others_work(mirror: Mirror) -> None:
    other = type(mirror).open(mirror.url)
    thread = threading.Thread(target=put, args=(other, "theirs"))
    thread.start()
    thread.join()
    put(mirror, "ours")
    assert names(other) == {"theirs", "ours"}
    other.close()
