"""An engine on a small database of its own: what connectors are proved on."""

from __future__ import annotations

import atexit
import shutil
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from seatsync.mirror.database import Mirror
from seatsync.mirror.exclusion import MirrorExclusion
from seatsync.mirror.locks import Locks
from seatsync.mirror.migration import migrate
from seatsync.mirror.provider_registration import ConfiguredProvider, register_providers
from seatsync.mirror.vault import MirrorState, Vault
from seatsync.sdk.conformance.proving_ground import Held
from seatsync.sdk.context import Control
from seatsync.sync.connections import Connection, Connections
from seatsync.sync.engine import SyncEngine
from seatsync.sync.request import ProviderSync

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.sdk.plugin import ProviderPlugin
    from seatsync.sdk.settings import PluginSettings

DATABASE = "seatsync.db"

_SUBSCRIPTIONS = """
    SELECT s.external_id, a.external_id, s.name, s.quantity, s.status, s.provider_status,
        s.missing_since IS NULL
    FROM subscription s JOIN provider_account a ON a.id = s.provider_account_id"""
_LICENSE_CHANGES = """
    SELECT s.external_id, l.event, l.quantity_delta, l.quantity_after
    FROM license_change l JOIN subscription s ON s.id = l.subscription_id ORDER BY l.id"""
_REPORT = "SELECT external_id, change_kind FROM report_entry ORDER BY id"
_FAILURES = "SELECT code, message FROM run_failure ORDER BY id"


class EngineOnTrial:
    """One provider, one engine, one mirror."""

    def __init__(self, mirror: Mirror, engine: SyncEngine, provider_key: str) -> None:
        """Sync `provider_key` with `engine`."""
        self._mirror = mirror
        self._engine = engine
        self._key = provider_key

    def sync(self) -> str:
        """Run an automatic sync; return its outcome, or raise its fault."""
        run = self._engine.sync_provider(ProviderSync(self._key, "conformance"), Control())
        return str(run.outcome)

    def held(self) -> Held:
        """Return what the mirror holds."""
        return Held(
            frozenset(self._rows(_SUBSCRIPTIONS)),
            self._rows(_LICENSE_CHANGES),
            self._rows(_REPORT),
            tuple(f"{code}: {message}" for code, message in self._rows(_FAILURES)),
        )

    def _rows(self, sql: str) -> tuple[tuple[object, ...], ...]:
        with self._mirror.reading():
            return tuple(tuple(row) for row in self._mirror.rows(sql))


@contextmanager
def open_trial(
    plugin: ProviderPlugin, settings: PluginSettings, folder: Path
) -> Iterator[EngineOnTrial]:
    """Open an engine on the SQLite database in `folder`, which is made if it is not there."""
    path = folder / DATABASE
    if not path.exists():
        shutil.copyfile(_migrated(), path)
    mirror = Mirror.open(f"sqlite:///{path}")
    try:
        yield EngineOnTrial(mirror, _engine(mirror, plugin, settings), plugin.name)
    finally:
        mirror.close()


@cache
def _migrated() -> Path:
    """Return an empty database of this version; making one takes longer than most checks."""
    folder = Path(mkdtemp(prefix="seatsync-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(f"sqlite:///{folder / DATABASE}")
    return folder / DATABASE


def _engine(mirror: Mirror, plugin: ProviderPlugin, settings: PluginSettings) -> SyncEngine:
    key = plugin.name
    with mirror.writing():
        register_providers(
            mirror, [ConfiguredProvider(key, plugin.name, plugin.display_name, auto_sync=True)]
        )
    locks = Locks.for_mirror(mirror)
    vault = Vault.choose(mirror.url, key=None, key_file=None)
    connections = Connections(
        {key: Connection(plugin, settings)},
        lambda provider_key: MirrorState(mirror, vault, provider_key),
        exclusion=lambda provider_key: MirrorExclusion(locks, provider_key),
    )
    return SyncEngine(mirror, connections, locks)
