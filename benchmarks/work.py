"""One measured piece of work in a process of its own.

Prints wall seconds, processor seconds, and its peak of memory in MiB, as JSON.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec

from seatsync.bootstrap.garbage import startup_set_aside
from seatsync.mirror.database import Mirror
from seatsync.mirror.locks import Locks
from seatsync.mirror.migration import migrate
from seatsync.mirror.provider_registration import ConfiguredProvider, register_providers
from seatsync.sdk.context import ConnectorContext, Control, MemoryState
from seatsync.sdk.http import open_client
from seatsync.sync.connections import Connection, Connections
from seatsync.sync.engine import SyncEngine
from seatsync.sync.request import ProviderSync
from seatsync_pax8 import PLUGIN
from seatsync_pax8.settings import Pax8Settings
from seatsync_pax8.token import token_auth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

PROVIDER = "bench"
PAGE_SIZE = 200

COLUMNS = (
    "id",
    "companyId",
    "productId",
    "quantity",
    "startDate",
    "createdDate",
    "billingStart",
    "status",
    "currencyCode",
    "billingTerm",
    "productName",
    "price",
    "partnerCost",
)


def pages(client: httpx.Client, path: str, sort: str) -> Iterator[bytes]:
    """Yield the bodies of all pages of a listing, in order."""
    number = 0
    while True:
        query: dict[str, Any] = {"sort": sort, "page": number, "size": PAGE_SIZE}
        body = client.get(path, params=query).content
        yield body
        number += 1
        if number >= total_pages(body):
            return


def total_pages(body: bytes) -> int:
    """Read the number of pages from the end of a body, without decoding its records."""
    tail = body[body.rindex(b'"page":') :]
    return int(tail.split(b'"totalPages":')[1].split(b",")[0])


def client_of(settings: Pax8Settings) -> httpx.Client:
    """Open the same client that the connector uses."""
    context = ConnectorContext(PROVIDER)
    return open_client(
        context,
        base_url=settings.base_url,
        timeout_s=settings.timeout_s,
        max_requests_per_second=settings.max_requests_per_second,
        auth=token_auth(settings, context.clock),
    )


def fetch(settings: Pax8Settings, _: str) -> Callable[[], object]:
    """Prepare to fetch every page, and look at none."""

    def work() -> object:
        with client_of(settings) as client:
            companies = sum(len(body) for body in pages(client, "companies", "name,asc"))
            return companies + sum(
                len(body) for body in pages(client, "subscriptions", "createdDate,asc")
            )

    return work


def upsert(settings: Pax8Settings, url: str) -> Callable[[], object]:
    """Prepare to fetch, decode and upsert every record with raw sqlite3, page by page."""
    database = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("CREATE TABLE IF NOT EXISTS company (id TEXT PRIMARY KEY, name TEXT)")
    names = ", ".join(COLUMNS[1:])
    database.execute(f"CREATE TABLE IF NOT EXISTS subscription (id PRIMARY KEY, {names})")
    marks = ", ".join("?" * len(COLUMNS))
    changes = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    statement = (
        f"INSERT INTO subscription VALUES ({marks})"  # noqa: S608 - the names stand above
        f" ON CONFLICT (id) DO UPDATE SET {changes}"
    )

    def write(sql: str, rows: list[tuple[Any, ...]]) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany(sql, rows)
        database.execute("COMMIT")

    def work() -> object:
        decode = msgspec.json.Decoder().decode
        with closing(database), client_of(settings) as client:
            for body in pages(client, "companies", "name,asc"):
                rows = [(record["id"], record["name"]) for record in decode(body)["content"]]
                write("INSERT OR REPLACE INTO company VALUES (?, ?)", rows)
            for body in pages(client, "subscriptions", "createdDate,asc"):
                write(
                    statement,
                    [tuple(map(record.get, COLUMNS)) for record in decode(body)["content"]],
                )
        return None

    return work


def sync(settings: Pax8Settings, url: str) -> Callable[[], object]:
    """Prepare to do what `seatsync sync` does."""
    migrate(url)
    mirror = Mirror.open(url)
    with mirror.writing():
        configured = ConfiguredProvider(PROVIDER, PLUGIN.name, "Benchmark", auto_sync=True)
        register_providers(mirror, [configured])
    connections = Connections({PROVIDER: Connection(PLUGIN, settings)}, lambda _: MemoryState())
    engine = SyncEngine(mirror, connections, Locks.for_mirror(mirror))

    def work() -> object:
        return engine.sync_provider(ProviderSync(PROVIDER, "bench"), Control()).counts

    return work


WORKS = {"fetch": fetch, "upsert": upsert, "sync": sync}


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Do the work; return wall and processor seconds, and the process's peak of memory in MiB."""
    with startup_set_aside():
        started, cpu = time.perf_counter(), time.process_time()
        work()
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Do the named work against the provider that standard input describes."""
    settings = Pax8Settings.model_validate(json.loads(sys.stdin.read()))
    print(json.dumps(measured(WORKS[sys.argv[1]](settings, sys.argv[2]))))


if __name__ == "__main__":
    main()
