"""The sync engine on a mirror, with worlds to read, and shortcuts to look at what it did."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from back_office import BackOffice
from seatsync.domain.ids import provider_account_id, subscription_id
from seatsync.domain.progress import no_progress
from seatsync.domain.roles import LOCAL
from seatsync.mirror.listed_pages import load_pages
from seatsync.mirror.locks import Locks
from seatsync.mirror.provider_registration import ConfiguredProvider, register_providers
from seatsync.mirror.providers import providers_by_key
from seatsync.mirror.report import REPORT
from seatsync.sdk.context import Control, MemoryState
from seatsync.sdk.settings import PluginSettings
from seatsync.services.setting_changes import SettingEdit
from seatsync.sync.connections import Connection, Connections
from seatsync.sync.engine import SyncEngine
from seatsync.sync.request import ContractSync, ProviderSync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from lab import World
    from seatsync.domain.account import Account
    from seatsync.domain.preview import Preview
    from seatsync.domain.provider import HealthState, ProviderAccount
    from seatsync.domain.report import ReportEntry, SyncRun
    from seatsync.domain.subscription import Subscription
    from seatsync.mirror.database import Mirror

TABLES = {
    "account": (),
    "billing_contract": (),
    "provider": (),
    "provider_account": ("last_synced_at",),
    "subscription": ("last_synced_at",),
    "license_change": (),
    "report_entry": (),
    "run_failure": (),
    "setting": (),
    "audit_entry": (),
    "crm_outbox": (),
}
"""What a sync may write, with the columns that it may write although nothing has changed."""

EMPTIED = (
    "run_failure",
    "report_entry",
    "license_change",
    "sync_run",
    "subscription",
    "provider_account",
    "plugin_state",
    "billing_contract",
    "account",
    "job",
    "scheduled_job",
    "setting",
    "audit_entry",
    "crm_outbox",
    "crm_row",
    "crm_reading",
    "crm_link",
    "change_request",
)
"""All tables with rows of a test, those that refer to others first."""


def emptied(mirror: Mirror) -> Mirror:
    """Return the mirror, holding nothing any more; migrating a new one takes much longer."""
    with mirror.writing():
        for table in EMPTIED:
            mirror.execute(f"DELETE FROM {table}")  # noqa: S608
        mirror.execute("DELETE FROM provider WHERE key <> 'manual'")
    return mirror


class Laboratory:
    """An engine, the worlds that it syncs, and the back office beside it."""

    def __init__(self, mirror: Mirror, *worlds: World) -> None:
        """Configure a provider for each world."""
        self.mirror = mirror
        self.office = BackOffice(mirror)
        self.clock = self.office.clock
        self.worlds = {world.key: world for world in worlds}
        self.locks = Locks.for_mirror(mirror)
        self.configure()

    @property
    def world(self) -> World:
        """Return the first world."""
        return next(iter(self.worlds.values()))

    def configure(self) -> None:
        """Take the worlds' capabilities and versions into the configuration, as a restart does."""
        configured = [
            ConfiguredProvider(key, "lab", key.upper(), auto_sync=True) for key in self.worlds
        ]
        with self.mirror.writing():
            register_providers(self.mirror, configured)
        self.connections = Connections(
            {
                key: Connection(world.plugin(), PluginSettings())
                for key, world in self.worlds.items()
            },
            lambda _key: MemoryState(),
            self.clock,
        )
        self.engine = SyncEngine(self.mirror, self.connections, self.locks, self.clock)

    def sync(
        self, key: str | None = None, *, job: UUID | None = None, control: Control | None = None
    ) -> SyncRun:
        """Run an automatic sync, a minute later."""
        self.clock.move(minutes=1)
        request = ProviderSync(key or self.world.key, "schedule", job_id=job)
        try:
            return self.engine.sync_provider(request, control or Control(), no_progress)
        finally:
            self.require_true_pages()

    def proceed(
        self,
        contract: UUID,
        ticked: Iterable[UUID] = (),
        *,
        checksum: str | None = None,
        keys: tuple[str, ...] | None = None,
        job: UUID | None = None,
        control: Control | None = None,
    ) -> SyncRun:
        """Run a manual sync from a contract, a minute later."""
        self.clock.move(minutes=1)
        request = ContractSync(contract, "somebody", frozenset(ticked), keys, checksum, job)
        try:
            return self.engine.sync_contract(request, control or Control(), no_progress)
        finally:
            self.require_true_pages()

    def start(self, work: Callable[[], SyncRun] | None = None) -> Future[SyncRun]:
        """Run a sync, or other work, on a thread of its own."""
        future: Future[SyncRun] = Future()

        def run() -> None:
            try:
                future.set_result((work or self.sync)())
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
                future.set_exception(error)
            finally:
                self.mirror.close()

        threading.Thread(target=run).start()
        return future

    def preview(self, contract: UUID) -> Preview:
        """Preview a manual sync of all providers."""
        return self.engine.preview(contract)

    def switch(self, **edits: Any) -> None:
        """Change settings."""
        self.office.settings.update(LOCAL, SettingEdit(**edits))

    def map(self, customer: str, account: Account | None, key: str | None = None) -> None:
        """Map a provider account to an account, or unmap it."""
        account_id = account.id if account else None
        self.office.mappings.map(LOCAL, self.customer_id(customer, key), account_id)

    def customer_id(self, external_id: str, key: str | None = None) -> UUID:
        """Return the id of a provider account."""
        return provider_account_id(key or self.world.key, external_id)

    def id(self, external_id: str, key: str | None = None) -> UUID:
        """Return the id of a subscription."""
        return subscription_id(key or self.world.key, external_id)

    def health(self, key: str | None = None) -> HealthState:
        """Return how well a provider is."""
        name = key or self.world.key
        with self.mirror.reading():
            return providers_by_key(self.mirror, [name])[name].health.state

    def customer(self, external_id: str, key: str | None = None) -> ProviderAccount:
        """Return a provider account."""
        return self.office.found_customer(self.customer_id(external_id, key))

    def subscription(self, external_id: str, key: str | None = None) -> Subscription:
        """Return a subscription."""
        return self.office.found_subscription(self.id(external_id, key))

    def knows(self, external_id: str) -> bool:
        """Tell whether the mirror has a subscription."""
        ids = [row[0] for row in self.rows("SELECT external_id FROM subscription")]
        return external_id in ids

    def entries(self, run: SyncRun | None = None) -> list[ReportEntry]:
        """Return the report, oldest first; of one run, or of all."""
        with self.mirror.reading():
            entries = REPORT.reader.read(self.mirror, "ORDER BY e.id")
        return [entry for entry in entries if run is None or entry.run_id == run.id]

    def changes(self, run: SyncRun | None = None) -> list[tuple[str, str]]:
        """Return (external id, change) of the report's entries."""
        return [(entry.external_id, entry.change.value) for entry in self.entries(run)]

    def failures(self, run: SyncRun) -> list[str]:
        """Return the codes of a run's failures."""
        sql = "SELECT code FROM run_failure WHERE run_id = :id ORDER BY id"
        with self.mirror.reading():
            return [code for (code,) in self.mirror.rows(sql, {"id": run.id})]

    def runs(self) -> list[tuple[str, str | None]]:
        """Return trigger and outcome of all runs, oldest first."""
        return [
            (trigger, outcome)
            for trigger, outcome in self.rows(
                "SELECT trigger_kind, outcome FROM sync_run ORDER BY started_at, id"
            )
        ]

    def events(self, external_id: str) -> list[tuple[str, int]]:
        """Return event and delta of a subscription's license changes, oldest first."""
        sql = "SELECT event, quantity_delta FROM license_change WHERE subscription_id = :id"
        with self.mirror.reading():
            rows = self.mirror.rows(f"{sql} ORDER BY id", {"id": self.id(external_id)})
        return [(event, delta) for event, delta in rows]

    def require_true_pages(self) -> None:
        """Fail if the pages that are remembered do not hold just what is held as present."""
        for key in self.worlds:
            with self.mirror.reading():
                pages = load_pages(self.mirror, key)
            if pages:
                listed = b"".join(pages.values())
                told = [listed[at : at + 16] for at in range(0, len(listed), 16)]
                held = self.rows(
                    "SELECT fingerprint FROM subscription"  # noqa: S608
                    f" WHERE provider_key = '{key}' AND fingerprint IS NOT NULL"
                )
                assert sorted(told) == sorted(bytes(one) for (one,) in held)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query."""
        return self.office.rows(sql)

    def mismatches(self) -> list[tuple[Any, ...]]:
        """Return the subscriptions whose license changes do not add up to their quantity."""
        return self.rows(
            "SELECT s.external_id, s.quantity, SUM(l.quantity_delta) FROM subscription s"
            " LEFT JOIN license_change l ON l.subscription_id = s.id"
            " GROUP BY s.id, s.external_id, s.quantity"
            " HAVING COALESCE(SUM(l.quantity_delta), 0) <> s.quantity"
        )

    def dump(self) -> dict[str, list[str]]:
        """Return every row that a sync without changes must leave as it is."""
        return {table: sorted(self._table(table, but)) for table, but in TABLES.items()}

    def _table(self, table: str, but: tuple[str, ...]) -> Iterator[str]:
        with self.mirror.reading():
            cursor = self.mirror._exec(f"SELECT * FROM {table}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield repr({n: _plain(v) for n, v in zip(names, row, strict=True) if n not in but})


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
