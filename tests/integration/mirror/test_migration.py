from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg2
import pytest
from alembic.script import ScriptDirectory
from pony.orm import Database
from sqlalchemy import create_engine, inspect

from seatsync.errors import DatabaseUnusable
from seatsync.mirror.address import sqlite_path
from seatsync.mirror.codec import PostgresCodec, SqliteCodec
from seatsync.mirror.database import Mirror
from seatsync.mirror.entities import declare_entities
from seatsync.mirror.migration import MIGRATIONS, migrate
from seatsync.mirror.version import (
    current_version,
    head_version,
    known_versions,
    needs_migration,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from local_postgres import PostgresServer

FIXTURES = Path(__file__).parents[3] / "fixtures" / "mirror"
VALUES: dict[str, Callable[[str], Any]] = {
    "uuid": UUID,
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "bytes": bytes.fromhex,
}
FAILING_REVISION = """
from alembic import op

revision, down_revision = "9998", "HEAD"


def upgrade():
    op.execute("CREATE TABLE halfway (id INTEGER)")
    op.execute("INSERT INTO halfway (nothing) VALUES (1)")
"""


def schema_of(url: str) -> dict[str, Any]:
    """Read back everything a database knows about its tables, by name."""
    return _sqlite_schema(url) if url.startswith("sqlite:") else _server_schema(url)


def _sqlite_schema(url: str) -> dict[str, Any]:
    # SQLite itself keeps a type as it was spelled; SQLAlchemy would tell its affinity only.
    with closing(sqlite3.connect(sqlite_path(url))) as connection:

        def ask(sql: str, *values: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql, values).fetchall()

        def unnamed(name: str) -> str | None:
            return None if name.startswith("sqlite_autoindex") else name

        def index_columns(index: str) -> tuple[str, ...]:
            return tuple(
                row[0] for row in ask("SELECT name FROM pragma_index_info(?) ORDER BY seqno", index)
            )

        tables = ask("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            table: {
                "columns": ask(
                    'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', table
                ),
                # Their names are left out: Pony writes them into their columns, without any.
                "references": sorted(
                    ask(
                        'SELECT "from", "table", "to", on_update, on_delete'
                        " FROM pragma_foreign_key_list(?)",
                        table,
                    )
                ),
                "indexes": sorted(
                    (unnamed(name) or "", unique, origin, index_columns(name))
                    for name, unique, origin in ask(
                        'SELECT name, "unique", origin FROM pragma_index_list(?)', table
                    )
                ),
            }
            for (table,) in tables
            if table != "alembic_version"
        }


def _server_schema(url: str) -> dict[str, Any]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    try:
        inspector = inspect(engine)
        return {
            table: {
                "columns": [
                    (column["name"], str(column["type"]), column["nullable"], column["default"])
                    for column in inspector.get_columns(table)
                ],
                "primary key": inspector.get_pk_constraint(table),
                "references": _by_name(inspector.get_foreign_keys(table)),
                "unique": _by_name(inspector.get_unique_constraints(table)),
                "indexes": _by_name(inspector.get_indexes(table)),
                "checks": inspector.get_check_constraints(table),
            }
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }
    finally:
        engine.dispose()


def _by_name(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(found, key=lambda one: str(one["name"]))


def declare_in(url: str) -> None:
    """Create the tables as the entities declare them."""
    db = Database()
    declare_entities(db)
    if url.startswith("sqlite:"):
        db.bind(provider="sqlite", filename=str(sqlite_path(url)), create_db=True)
    else:
        db.bind(provider="postgres", dsn=url)
    db.generate_mapping(create_tables=True)
    db.disconnect()


def test_a_migrated_database_is_what_the_entities_declare_on_sqlite(tmp_path: Path) -> None:
    migrated, declared = (f"sqlite:///{tmp_path / name}" for name in ("migrated", "declared"))
    migrate(migrated)
    declare_in(declared)
    assert schema_of(migrated) == schema_of(declared)


def test_a_migrated_database_is_what_the_entities_declare_on_postgresql(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    name = postgres_server.create_database()
    declared = postgres_server.url(name)
    migrate(postgres_url)
    declare_in(declared)
    try:
        assert schema_of(postgres_url) == schema_of(declared)
    finally:
        postgres_server.drop_database(name)


def test_the_comparison_sees_every_table(sqlite_url: str) -> None:
    migrate(sqlite_url)
    assert {"account", "subscription", "crm_outbox"} <= set(schema_of(sqlite_url))


def test_migrating_makes_the_file_and_says_its_version(database_url: str) -> None:
    assert current_version(database_url) is None
    assert needs_migration(database_url)
    migrate(database_url)
    assert current_version(database_url) == head_version()
    assert not needs_migration(database_url)


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    before = schema_of(database_url)
    migrate(database_url)
    assert schema_of(database_url) == before


def test_the_versions_are_one_line_in_the_order_of_their_files() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    line = [revision.revision for revision in scripts.walk_revisions()]
    assert tuple(reversed(line)) == known_versions()
    assert scripts.get_heads() == [head_version()]


def load_dump(version: str) -> dict[str, list[dict[str, Any]]]:
    """Read the rows that are kept for each earlier version, every table of it with one at least."""
    text = (FIXTURES / f"{version}.json").read_text("utf-8")
    dump: dict[str, list[dict[str, Any]]] = json.loads(text, object_hook=_value)
    return dump


def _value(node: dict[str, Any]) -> Any:
    if len(node) == 1:
        ((kind, text),) = node.items()
        return VALUES[kind](text) if kind in VALUES else node
    return node


@contextmanager
def raw_connection(url: str) -> Iterator[Any]:
    """Connect without anything of ours between."""
    opened: Any = (
        sqlite3.connect(sqlite_path(url))
        if url.startswith("sqlite:")
        else psycopg2.connect(url, connect_timeout=5)
    )
    with closing(opened) as connection, connection:
        yield connection.cursor()


def insert_rows(url: str, dump: dict[str, list[dict[str, Any]]]) -> None:
    """Insert the rows as that version would have: with its columns only."""
    sqlite = url.startswith("sqlite:")
    codec = SqliteCodec() if sqlite else PostgresCodec()
    with raw_connection(url) as cursor:
        for table, rows in dump.items():
            for row in rows:
                marks = ", ".join(["?" if sqlite else "%s"] * len(row))
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608
                    [codec.encode(value) for value in row.values()],
                )


def read_rows(url: str, dump: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Read the dump's columns back, decoded, as far as the database still has them."""
    schema = schema_of(url)
    found = {}
    with raw_connection(url) as cursor:
        for table, rows in dump.items():
            still_there = {column[0] for column in schema[table]["columns"]}
            columns = [name for name in rows[0] if name in still_there]
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
            found[table] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


@pytest.mark.parametrize("version", known_versions())
def test_a_database_of_an_earlier_version_is_brought_up_with_all_its_rows(
    version: str, database_url: str
) -> None:
    migrate(database_url, version)
    dump = load_dump(version)
    assert set(dump) == set(schema_of(database_url)), "the dump has rows for every table"
    insert_rows(database_url, dump)
    before = read_rows(database_url, dump)
    migrate(database_url)
    assert current_version(database_url) == head_version()
    for table, rows in read_rows(database_url, dump).items():
        assert rows == [{name: row[name] for name in rows[0]} for row in before[table]]
    Mirror.open(database_url).close()


def test_a_failing_revision_leaves_the_database_as_it_was(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate(database_url)
    before, before_version = schema_of(database_url), head_version()
    broken = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, broken)
    (broken / "versions" / "9998_fail.py").write_text(
        FAILING_REVISION.replace("HEAD", before_version)
    )
    monkeypatch.setattr("seatsync.mirror.migration.MIGRATIONS", broken)
    monkeypatch.setattr("seatsync.mirror.version.REVISIONS", broken / "versions")
    with pytest.raises(DatabaseUnusable, match="cannot be migrated"):
        migrate(database_url)
    assert current_version(database_url) == before_version
    assert schema_of(database_url) == before


def test_processes_that_migrate_at_once_all_end_well(database_url: str) -> None:
    script = "import sys; from seatsync.mirror.migration import migrate; migrate(sys.argv[1])"
    command = [sys.executable, "-W", "error", "-c", script, database_url]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert current_version(database_url) == head_version()
    Mirror.open(database_url).close()


def test_migrating_leaves_the_running_programs_logging_alone(sqlite_url: str) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    migrate(sqlite_url)
    assert (root.level, list(root.handlers)) == before


def test_a_database_of_a_later_seatsync_is_left_alone(database_url: str) -> None:
    migrate(database_url)
    with raw_connection(database_url) as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '9999'")
    for use in (migrate, needs_migration, Mirror.open):
        with pytest.raises(DatabaseUnusable, match="version 9999") as caught:
            use(database_url)
        assert "later" in str(caught.value.remedy)


def test_another_programs_tables_are_left_alone(database_url: str) -> None:
    with raw_connection(database_url) as cursor:
        cursor.execute("CREATE TABLE provider (theirs TEXT)")
    before = schema_of(database_url)
    with pytest.raises(DatabaseUnusable, match="already exists"):
        migrate(database_url)
    assert schema_of(database_url) == before


def test_a_file_that_is_no_database_is_left_alone(sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    path.write_bytes(b"This is somebody's letter, not a database.\n" * 100)
    before = path.read_bytes()
    with pytest.raises(DatabaseUnusable, match="is no SQLite database"):
        migrate(sqlite_url)
    assert path.read_bytes() == before


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="nowhere of the database does not exist"):
        migrate(f"sqlite:///{tmp_path / 'nowhere' / 'seatsync.db'}")


def test_a_server_that_is_down_is_said_without_the_password() -> None:
    with pytest.raises(DatabaseUnusable, match="refused") as caught:
        migrate("postgresql://seatsync:hush-hush@127.0.0.1:1/seatsync")
    assert "hush-hush" not in f"{caught.value}{caught.value.remedy}"
