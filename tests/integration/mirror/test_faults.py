from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2
import pytest

from seatsync.errors import DatabaseBusy, DatabaseUnusable
from seatsync.mirror import database
from seatsync.mirror.address import sqlite_path
from seatsync.mirror.database import Mirror
from seatsync.mirror.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_postgres import PostgresServer

INSERT = "INSERT INTO setting (name, value, updated_at) VALUES (:name, :value, '2026-01-01')"


def put(mirror: Mirror, name: str, value: str = "1") -> None:
    with mirror.writing():
        mirror.execute(INSERT, {"name": name, "value": value})


def names(mirror: Mirror) -> set[str]:
    with mirror.reading():
        return {row[0] for row in mirror.rows("SELECT name FROM setting")}


def cut_off(server: PostgresServer, mirror: Mirror) -> None:
    """End every session of the mirror's database, as a restart of its server does."""
    with closing(psycopg2.connect(server.url("postgres"))) as administrator:
        administrator.cursor().execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            (mirror.url.rpartition("/")[2],),
        )


def fill_by_statement(mirror: Mirror) -> None:
    rows = [(f"row-{n}", '"' + "x" * 4000 + '"') for n in range(200)]
    with mirror.writing():
        mirror.execute_many(INSERT.replace(":name, :value", "?, ?"), rows)


def fill_by_entity(mirror: Mirror) -> None:
    with mirror.writing():
        for number in range(200):
            mirror.db.Setting(
                name=f"row-{number}",
                value="x" * 4000,
                updated_at=mirror.db.Setting["kept"].updated_at,
            )


def fill_at_commit(mirror: Mirror) -> None:
    with mirror.writing():
        mirror.execute("PRAGMA cache_spill = OFF")
        put(mirror, "row", '"' + "x" * 800_000 + '"')


@pytest.mark.parametrize("fill", [fill_by_statement, fill_by_entity, fill_at_commit])
def test_a_full_disk_is_said_and_what_was_there_stays(
    sqlite_mirror: Mirror, fill: Callable[[Mirror], None]
) -> None:
    put(sqlite_mirror, "kept")
    with sqlite_mirror.reading():
        ((pages,),) = sqlite_mirror.rows("PRAGMA page_count")
        sqlite_mirror.rows(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(DatabaseBusy, match="its disk is full") as caught:
        fill(sqlite_mirror)
    assert "disk space" in str(caught.value.remedy)
    assert names(sqlite_mirror) == {"kept"}
    put(sqlite_mirror, "small")
    with sqlite_mirror.reading():
        sqlite_mirror.rows("PRAGMA max_page_count = 100000")
    fill(sqlite_mirror)
    assert {"kept", "small"} < names(sqlite_mirror)


def test_a_disk_that_takes_no_more_bytes_is_said(sqlite_url: str) -> None:
    script = """
import resource, sys
from seatsync.errors import SeatsyncError
from seatsync.mirror.database import Mirror
from seatsync.mirror.migration import migrate
migrate(sys.argv[1])
mirror = Mirror.open(sys.argv[1])
insert = "INSERT INTO setting (name, value, updated_at) VALUES (?, ?, '2026-01-01')"
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
try:
    with mirror.writing():
        mirror.execute_many(insert, [(str(n), "x" * 4000) for n in range(2000)])
except SeatsyncError as error:
    print(error.code, error.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with mirror.writing():
    mirror.execute_many(insert, [("after", "1")])
with mirror.reading():
    print(mirror.rows("SELECT name FROM setting"))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, sqlite_url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    said, found = done.stdout.splitlines()
    assert said.startswith("DATABASE_BUSY the database")
    assert "disk" in said
    assert found == "[('after',)]"


def test_a_database_held_for_too_long_is_said(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(sqlite_url)
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.1)
    mirror = Mirror.open(sqlite_url)
    with closing(sqlite3.connect(sqlite_path(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match="another process held it for too long"):
            put(mirror, "a")
        assert names(mirror) == set(), "who reads is not held up"
        other.execute("ROLLBACK")
    put(mirror, "a")
    assert names(mirror) == {"a"}
    mirror.close()


def test_a_connection_lost_while_idle_is_replaced(
    postgres_mirror: Mirror, postgres_server: PostgresServer
) -> None:
    put(postgres_mirror, "before")
    cut_off(postgres_server, postgres_mirror)
    put(postgres_mirror, "after")
    cut_off(postgres_server, postgres_mirror)
    assert names(postgres_mirror) == {"before", "after"}
    cut_off(postgres_server, postgres_mirror)
    with postgres_mirror.writing(durable=False):
        postgres_mirror.insert(
            "setting", ["name", "value", "updated_at"], [("many", "1", "2026-01-01")]
        )
    assert names(postgres_mirror) == {"before", "after", "many"}


def lose_then_execute(mirror: Mirror) -> None:
    mirror.execute(INSERT, {"name": "second", "value": "1"})


def lose_then_insert_many(mirror: Mirror) -> None:
    mirror.insert("setting", ["name", "value", "updated_at"], [("second", "1", "2026-01-01")])


def lose_then_use_entity(mirror: Mirror) -> None:
    mirror.db.Setting.get(name="first")


def lose_then_commit(mirror: Mirror) -> None:
    assert mirror.in_session


@pytest.mark.parametrize(
    "go_on", [lose_then_execute, lose_then_insert_many, lose_then_use_entity, lose_then_commit]
)
def test_a_connection_lost_halfway_loses_all_of_the_session_and_says_so(
    postgres_mirror: Mirror, postgres_server: PostgresServer, go_on: Callable[[Mirror], None]
) -> None:
    def halfway() -> None:
        with postgres_mirror.writing():
            postgres_mirror.execute(INSERT, {"name": "first", "value": "1"})
            cut_off(postgres_server, postgres_mirror)
            go_on(postgres_mirror)

    with pytest.raises(DatabaseBusy, match="refused or broke the connection"):
        halfway()
    assert names(postgres_mirror) == set()
    put(postgres_mirror, "again")
    assert names(postgres_mirror) == {"again"}


def test_two_that_wait_for_each_other_do_not_wait_for_ever(postgres_mirror: Mirror) -> None:
    for name in ("a", "b"):
        put(postgres_mirror, name)
    both_have_one = threading.Barrier(2)
    faults: list[DatabaseBusy] = []

    def update(first: str, second: str) -> None:
        change = "UPDATE setting SET value = '2' WHERE name = :name"
        try:
            with postgres_mirror.writing():
                postgres_mirror.execute(change, {"name": first})
                both_have_one.wait(10)
                postgres_mirror.execute(change, {"name": second})
        except DatabaseBusy as fault:
            faults.append(fault)

    threads = [threading.Thread(target=update, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(faults) == 1
    assert "at the same time" in str(faults[0])


def test_a_record_changed_by_somebody_else_meanwhile_is_not_overwritten(
    postgres_mirror: Mirror,
) -> None:
    put(postgres_mirror, "a", '"old"')

    def theirs() -> None:
        with postgres_mirror.writing():
            postgres_mirror.execute("UPDATE setting SET value = '\"theirs\"'")

    def mine() -> None:
        with postgres_mirror.writing():
            setting = postgres_mirror.db.Setting["a"]
            assert setting.value == "old"
            thread = threading.Thread(target=theirs)
            thread.start()
            thread.join()
            setting.value = "mine"

    with pytest.raises(DatabaseBusy, match="somebody else changed"):
        mine()
    with postgres_mirror.reading():
        assert postgres_mirror.rows("SELECT value FROM setting") == [('"theirs"',)]


@pytest.mark.parametrize(
    ("state", "kind", "sentence"),
    [
        ("53100", DatabaseBusy, "disk is full"),
        ("53300", DatabaseBusy, "no more connections"),
        ("40001", DatabaseBusy, "at the same time"),
        ("23503", DatabaseBusy, "at the same time"),
        ("55P03", DatabaseBusy, "too long"),
        ("57P03", DatabaseBusy, "broke the connection"),
        ("58030", DatabaseBusy, "disk reports a fault"),
        ("25006", DatabaseUnusable, "only be read"),
        ("42501", DatabaseUnusable, "does not let us in"),
    ],
)
def test_what_a_server_says_is_understood(
    postgres_mirror: Mirror, state: str, kind: type[Exception], sentence: str
) -> None:
    def fail() -> None:
        with postgres_mirror.writing():
            postgres_mirror.execute(f"DO $$BEGIN RAISE SQLSTATE '{state}'; END$$")

    with pytest.raises(kind, match=sentence):
        fail()


def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_database(mirror: Mirror) -> None:
    def fail() -> None:
        with mirror.writing():
            mirror.execute("UPDATE nothing SET name = :name", {"name": "full locked readonly"})

    with pytest.raises(Exception, match="nothing") as caught:
        fail()
    assert not isinstance(caught.value, DatabaseBusy | DatabaseUnusable)


def test_a_record_that_somebody_else_holds_for_too_long_is_said(postgres_url: str) -> None:
    migrate(postgres_url)
    mirror = Mirror.open(f"{postgres_url}?options=-c%20lock_timeout%3D100ms")
    put(mirror, "a")
    with closing(psycopg2.connect(postgres_url)) as other, other.cursor() as cursor:
        cursor.execute("UPDATE setting SET value = '2'")

        def update() -> None:
            with mirror.writing():
                mirror.execute("UPDATE setting SET value = '3'")

        with pytest.raises(DatabaseBusy, match="another process held it for too long"):
            update()
    mirror.close()
