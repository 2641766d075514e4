"""The agent, put together from a configuration."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.bootstrap.crm_exchange import open_exchange
from seatsync.bootstrap.garbage import startup_set_aside
from seatsync.bootstrap.handlers import Handlers
from seatsync.errors import SeatsyncError
from seatsync.jobs.crm_watch import CrmWatch
from seatsync.jobs.queue import JobQueue
from seatsync.jobs.runner import Runner
from seatsync.jobs.schedule import Schedule
from seatsync.jobs.scheduler import Scheduler
from seatsync.jobs.timetable import ProviderSchedule
from seatsync.mirror.crm_identity import settle_identity
from seatsync.mirror.database import Mirror
from seatsync.mirror.exclusion import MirrorExclusion
from seatsync.mirror.locks import Locks
from seatsync.mirror.migration import migrate
from seatsync.mirror.provider_registration import ConfiguredProvider, register_providers
from seatsync.mirror.vault import MirrorState, Vault
from seatsync.mirror.version import require_current
from seatsync.sdk.context import Clock
from seatsync.sdk.registry import discover
from seatsync.services.changing import Changing
from seatsync.services.door import Services, open_services
from seatsync.services.plugins import PluginCatalogue
from seatsync.sync.connections import Connection, Connections
from seatsync.sync.engine import SyncEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from seatsync.config.load import Config
    from seatsync.crm.exchange import CrmExchange
    from seatsync.sdk.context import StateStore

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Agent:
    """All rooms of one process, joined; nothing runs until `start`."""

    config: Config
    mirror: Mirror
    connections: Connections
    queue: JobQueue
    runner: Runner
    scheduler: Scheduler
    services: Services
    exchange: CrmExchange | None = None

    def start(self) -> None:
        """Begin to do jobs and to follow the schedule; what a dead process left is taken up."""
        self.runner.start()
        self.scheduler.start()
        LOG.info("The agent works: %s", self._providers())

    def stop(self) -> None:
        """Follow the schedule no more, and hand back what is not finished in time."""
        self.scheduler.stop()
        self._put_down()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Do jobs without following the schedule, which another process does."""
        self.runner.start()
        try:
            yield
        finally:
            self._put_down()

    def _put_down(self) -> None:
        if self.runner.stop():
            LOG.info("The agent has put down its work.")
        else:
            LOG.warning("Some jobs did not stop in time; the next start takes them up.")
        if self.exchange:
            self.exchange.close()

    @property
    def is_busy(self) -> bool:
        """Whether jobs are being done in this process."""
        return self.runner.is_busy

    def readiness(self) -> Mapping[str, str | None]:
        """Return, for each of database, jobs and schedule, why it does not work, or None."""
        return {
            "database": self._database_problem(),
            "jobs": None if self.runner.is_alive else "no job is being taken",
            "schedule": None if self.scheduler.is_alive else "the last tick is too long ago",
        }

    def lateness(self) -> Mapping[str, str]:
        """Return, for each direction of the exchange with the CRM, since when it is late."""
        return self.exchange.lateness() if self.exchange else {}

    def _database_problem(self) -> str | None:
        try:
            with self.mirror.reading():
                self.mirror.rows("SELECT 1 FROM setting LIMIT 1")
        except SeatsyncError as error:
            return error.message
        return None

    def _providers(self) -> str:
        keys = [provider.key for provider in self.config.providers]
        return f"{len(keys)} provider(s): {', '.join(keys)}" if keys else "no provider yet"


@contextmanager
def open_agent(config: Config, clock: Clock | None = None) -> Iterator[Agent]:
    """Open the database, write down what is configured, and join the rooms.

    An SQLite database is made and migrated by itself. Raises `DatabaseUnusable` for a
    PostgreSQL database that `seatsync migrate` has not brought to this version.
    """
    prepare_database(config)
    mirror = Mirror.open(config.database.url)
    try:
        agent = _join(config, mirror, clock or Clock())
        with startup_set_aside():
            yield agent
    finally:
        mirror.close()


def prepare_database(config: Config) -> None:
    """Bring an embedded database to this version; demand it of a server."""
    if config.database.is_sqlite:
        migrate(config.database.url)
    else:
        require_current(config.database.url)


def _join(config: Config, mirror: Mirror, clock: Clock) -> Agent:
    mirror.feeds_crm = config.crm is not None
    _settle_crm(config, mirror, clock)
    with mirror.writing():
        register_providers(mirror, _registered(config))
    locks = Locks.for_mirror(mirror)
    connections = Connections(
        _connections(config),
        _state_of(config, mirror),
        clock,
        lambda provider_key: MirrorExclusion(locks, provider_key),
    )
    engine = SyncEngine(mirror, connections, locks, clock)
    queue = JobQueue(mirror, clock)
    schedule = Schedule(queue, mirror, clock)
    schedule.ensure(_schedules(config), config.crm.interval_minutes if config.crm else None)
    change = Changing.of(mirror, queue, schedule, clock)
    exchange = open_exchange(config, mirror, locks, clock, change)
    handlers = Handlers(mirror, queue, engine, clock, exchange)
    runner = Runner(queue, locks, handlers.by_kind())
    look = CrmWatch(queue, mirror, clock).look if exchange else None
    scheduler = Scheduler(schedule, mirror, clock, look=look)
    plugins = PluginCatalogue(discover().plugins)
    services = open_services(mirror, engine, plugins, change)
    return Agent(config, mirror, connections, queue, runner, scheduler, services, exchange)


def _settle_crm(config: Config, mirror: Mirror, clock: Clock) -> None:
    crm = config.crm
    identity = f"{crm.plugin.name} {crm.plugin.identify(crm.settings)}" if crm else None
    with mirror.writing():
        is_another = settle_identity(mirror, identity, clock.now())
    if is_another:
        LOG.warning("The CRM is another one than before: all of it is read anew, then filled.")


def _state_of(config: Config, mirror: Mirror) -> Callable[[str], StateStore]:
    vault = Vault.choose(
        config.database.url, key=config.secret_key, key_file=config.secrets.key_file
    )
    return lambda provider_key: MirrorState(mirror, vault, provider_key)


def _registered(config: Config) -> list[ConfiguredProvider]:
    return [
        ConfiguredProvider(
            provider.key, provider.plugin.name, provider.display_name, provider.auto_sync
        )
        for provider in config.providers
    ]


def _connections(config: Config) -> dict[str, Connection]:
    return {
        provider.key: Connection(provider.plugin, provider.settings)
        for provider in config.providers
    }


def _schedules(config: Config) -> list[ProviderSchedule]:
    return [
        ProviderSchedule(provider.key, provider.auto_sync, provider.interval_minutes)
        for provider in config.providers
    ]
