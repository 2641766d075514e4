from __future__ import annotations

import gc
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest

from seatsync.errors import DatabaseUnusable
from seatsync.mirror.address import BUSY_TIMEOUT_S, redact_url, server_options, sqlite_path
from seatsync.mirror.database import PAGE_CACHE_KIB, Mirror
from seatsync.mirror.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


def pragma(mirror: Mirror, name: str) -> object:
    with mirror.reading():
        ((value,),) = mirror.rows(f"PRAGMA {name}")
        return value


def test_a_database_that_does_not_exist_is_not_made(sqlite_url: str) -> None:
    with pytest.raises(DatabaseUnusable, match="does not exist yet") as caught:
        Mirror.open(sqlite_url)
    assert "seatsync migrate" in str(caught.value.remedy)
    assert not sqlite_path(sqlite_url).exists()


def test_an_empty_database_is_said_to_need_migrating(postgres_url: str) -> None:
    with pytest.raises(DatabaseUnusable, match="is empty") as caught:
        Mirror.open(postgres_url)
    assert "seatsync migrate" in str(caught.value.remedy)


def test_a_file_that_is_no_database_is_said(sqlite_url: str) -> None:
    sqlite_path(sqlite_url).write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(DatabaseUnusable, match="damaged, or is no SQLite database"):
        Mirror.open(sqlite_url)


def test_a_folder_in_place_of_the_file_is_said(sqlite_url: str) -> None:
    sqlite_path(sqlite_url).mkdir()
    with pytest.raises(DatabaseUnusable, match="cannot be opened"):
        Mirror.open(sqlite_url)


def test_a_database_that_lost_a_column_is_said(database_url: str) -> None:
    migrate(database_url)
    mirror = Mirror.open(database_url)
    with mirror.writing():
        mirror.execute("ALTER TABLE setting DROP COLUMN updated_at")
    mirror.close()
    with pytest.raises(DatabaseUnusable, match="updated_at"):
        Mirror.open(database_url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://seatsync:hush-hush@127.0.0.1:1/seatsync",
        "postgresql://seatsync@127.0.0.1:1/seatsync?password=hush-hush",
        "postgresql://seatsync:hush-hush/@127.0.0.1:1/seatsync",
        "postgresql://seatsync:hush-hush%zz@127.0.0.1:1/seatsync",
        "postgresql://seatsync:@hush-hush@127.0.0.1:1/seatsync",
        "postgresql://seatsync:hush-hush@127.0.0.1:port/seatsync",
        "mysql://seatsync:hush-hush@127.0.0.1/seatsync",
    ],
)
def test_no_mistake_in_an_address_gives_the_password_away(url: str) -> None:
    with pytest.raises(DatabaseUnusable) as caught:
        Mirror.open(url)
    assert "hush-hush" not in f"{caught.value}{caught.value.remedy}"
    assert "127.0.0.1" in str(caught.value)
    assert caught.value.remedy


def test_a_wrong_password_is_said_and_not_repeated(postgres_url: str) -> None:
    with closing(psycopg2.connect(postgres_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("CREATE ROLE locked_out NOLOGIN")
    url = postgres_url.replace("postgres@", "locked_out:hush-hush@")
    try:
        with pytest.raises(DatabaseUnusable, match="not permitted to log in") as caught:
            Mirror.open(url)
        assert "hush-hush" not in f"{caught.value}{caught.value.remedy}"
        assert "password" in str(caught.value.remedy)
    finally:
        with closing(psycopg2.connect(postgres_url)) as connection:
            connection.autocommit = True
            connection.cursor().execute("DROP ROLE locked_out")


def test_a_database_that_the_server_does_not_have_is_said(postgres_url: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r"nowhere.* does not exist"):
        Mirror.open(f"{postgres_url}_nowhere")


def test_addresses_are_shown_without_their_passwords() -> None:
    assert redact_url("postgresql://u:p@h:5/d") == "postgresql://u:***@h:5/d"
    assert redact_url("postgresql://u@h/d") == "postgresql://u@h/d"
    assert redact_url("postgresql://u:a@b@h/d") == "postgresql://u:***@h/d"
    assert redact_url("sqlite:////data/a:b@c.db") == "sqlite:////data/a:b@c.db"


def test_sqlite_is_tuned_on_every_thread(sqlite_mirror: Mirror) -> None:
    found: list[list[object]] = []

    def look() -> None:
        names = ["journal_mode", "busy_timeout", "cache_size", "temp_store", "foreign_keys"]
        found.append([pragma(sqlite_mirror, name) for name in names])

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
    assert found == [["wal", BUSY_TIMEOUT_S * 1000, -PAGE_CACHE_KIB, 2, 1]] * 2


def test_a_server_is_not_waited_for_for_ever(postgres_mirror: Mirror) -> None:
    with postgres_mirror.reading():
        assert postgres_mirror.rows("SHOW lock_timeout") == [(f"{BUSY_TIMEOUT_S}s",)]
    with postgres_mirror.writing():
        parameters = postgres_mirror.db.get_connection().get_dsn_parameters()
    assert (parameters["connect_timeout"], parameters["keepalives_idle"]) == ("10", "30")


def test_what_the_address_says_itself_counts() -> None:
    ours = server_options("postgresql://h/d")
    theirs = server_options("postgresql://h/d?connect_timeout=3&application_name=crm")
    assert set(ours) - set(theirs) == {"connect_timeout", "application_name"}


def test_a_durable_commit_is_flushed_and_a_batch_need_not_be(sqlite_mirror: Mirror) -> None:
    def level(*, durable: bool) -> object:
        with sqlite_mirror.writing(durable=durable):
            ((value,),) = sqlite_mirror.rows("PRAGMA synchronous")
            return value

    full, normal = 2, 1
    assert [level(durable=choice) for choice in (True, False, True)] == [full, normal, full]


def test_a_batch_on_a_server_does_not_wait_for_its_disk(postgres_mirror: Mirror) -> None:
    def level() -> object:
        ((value,),) = postgres_mirror.rows("SHOW synchronous_commit")
        return value

    with postgres_mirror.writing(durable=False):
        assert level() == "off"
    with postgres_mirror.reading():
        ((configured,),) = postgres_mirror.rows(
            "SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'"
        )
    with postgres_mirror.writing():
        assert level() == configured


def test_a_thread_that_ends_takes_its_connection_along(mirror: Mirror) -> None:
    def use() -> None:
        with mirror.writing():
            mirror.rows("SELECT count(*) FROM setting")

    use()
    gc.collect()
    before = _open_connections(mirror)
    for _ in range(10):
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    gc.collect()
    assert _open_connections(mirror) == before


def _open_connections(mirror: Mirror) -> int:
    if mirror.is_sqlite:
        return sum(isinstance(one, sqlite3.Connection) for one in gc.get_objects())
    with mirror.reading():
        ((count,),) = mirror.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        )
        return int(count)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Give a folder that an unprivileged user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="seatsync-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


UNPRIVILEGED = """
import os, sys
import pony.orm.dbproviders.sqlite
from seatsync.errors import SeatsyncError
from seatsync.mirror.database import Mirror
from seatsync.mirror.migration import migrate
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
try:
    if sys.argv[2] == "migrate":
        migrate(sys.argv[1])
    mirror = Mirror.open(sys.argv[1])
    with mirror.reading():
        print("read", mirror.rows("SELECT count(*) FROM setting"))
    with mirror.writing():
        mirror.execute("DELETE FROM setting")
except SeatsyncError as error:
    print(error.code, error.message, error.remedy, sep="\\n")
"""


def without_privileges(url: str, verb: str = "open") -> str:
    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, url, verb], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_a_file_that_may_not_be_written_is_read_and_said_at_the_first_write(
    public_folder: Path,
) -> None:
    url = f"sqlite:///{public_folder / 'seatsync.db'}"
    migrate(url)
    public_folder.chmod(0o777)  # SQLite keeps its notes on a database in WAL mode beside it
    (public_folder / "seatsync.db").chmod(0o444)
    said = without_privileges(url)
    assert said.startswith("read [(0,)]\nDATABASE_UNUSABLE\n")
    assert "it can only be read" in said


def test_a_folder_that_may_not_be_written_is_said(public_folder: Path) -> None:
    url = f"sqlite:///{public_folder / 'seatsync.db'}"
    migrate(url)
    public_folder.chmod(0o555)
    assert without_privileges(url).startswith("DATABASE_UNUSABLE\n")


def test_migrating_where_nothing_may_be_written_is_said(public_folder: Path) -> None:
    public_folder.chmod(0o555)
    said = without_privileges(f"sqlite:///{public_folder / 'seatsync.db'}", "migrate")
    assert said.startswith("DATABASE_UNUSABLE\n")
    assert str(public_folder) in said
