"""Reading the mirror: one noun's records by id, page by page, and by what they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from seatsync.domain.paging import Window
from seatsync.domain.roles import Permission
from seatsync.mirror.contracts import active_defaults
from seatsync.mirror.exceptions import count_exceptions, exceptions_of, page_exceptions
from seatsync.mirror.providers import configured_providers, providers_by_key
from seatsync.mirror.runs import failures_of
from seatsync.mirror.schedule import all_scheduled
from seatsync.mirror.settings import load_settings
from seatsync.mirror.subscriptions import subscriptions_by_external_id

if TYPE_CHECKING:
    from collections.abc import Collection

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.exception import ExceptionKind, SyncException
    from seatsync.domain.filters import ExceptionFilter
    from seatsync.domain.job import ScheduledJob
    from seatsync.domain.paging import Page
    from seatsync.domain.provider import Provider
    from seatsync.domain.report import SyncFailure
    from seatsync.domain.roles import Caller
    from seatsync.domain.settings import ApplicationSettings
    from seatsync.domain.subscription import Subscription
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.keyset import Listing

T = TypeVar("T")
F = TypeVar("F")
K = TypeVar("K", UUID, str)


@dataclass(frozen=True, slots=True)
class Records(Generic[T, F]):
    """The records of one noun, for callers who may read them."""

    mirror: Mirror
    listing: Listing[T, F]
    permission: Permission = Permission.READ

    def get(self, caller: Caller, record_id: UUID) -> T | None:
        """Return one record, or None."""
        return self.by_ids(caller, (record_id,)).get(record_id)

    def by_ids(self, caller: Caller, ids: Collection[UUID]) -> dict[UUID, T]:
        """Return the records of these ids that exist, in one statement."""
        caller.require(self.permission)
        with self.mirror.reading():
            return self.listing.by_ids(self.mirror, ids)

    def page(
        self, caller: Caller, wanted: F | None = None, window: Window | None = None
    ) -> Page[T]:
        """Return one page of the list; raise `BadInput` for a cursor that is not its own."""
        caller.require(self.permission)
        with self.mirror.reading():
            filters = self.listing.everything if wanted is None else wanted
            return self.listing.page(self.mirror, filters, window or Window())

    def pages(
        self,
        caller: Caller,
        parent: str,
        keys: Collection[K],
        wanted: F | None = None,
        window: Window | None = None,
    ) -> dict[K, Page[T]]:
        """Return the same page of the list of every parent, in one statement."""
        caller.require(self.permission)
        with self.mirror.reading():
            filters = self.listing.everything if wanted is None else wanted
            return self.listing.pages(self.mirror, parent, keys, filters, window or Window())


@dataclass(frozen=True, slots=True)
class Overview:
    """What is read as a whole: providers, schedule, settings, exceptions."""

    mirror: Mirror

    def providers(self, caller: Caller) -> list[Provider]:
        """Return the providers of the configuration, by key."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return configured_providers(self.mirror)

    def providers_by_key(self, caller: Caller, keys: Collection[str]) -> dict[str, Provider]:
        """Return the providers of these keys, configured or not any more."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return providers_by_key(self.mirror, keys)

    def schedule(self, caller: Caller) -> list[ScheduledJob]:
        """Return the scheduled jobs, by key."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return all_scheduled(self.mirror)

    def settings(self, caller: Caller) -> ApplicationSettings:
        """Return the application settings."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return load_settings(self.mirror)

    def active_defaults(
        self, caller: Caller, account_ids: Collection[UUID]
    ) -> dict[UUID, list[BillingContract]]:
        """Return the active default contracts of each account, in one statement."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return active_defaults(self.mirror, account_ids)

    def subscriptions_by_external_id(
        self, caller: Caller, keys: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], Subscription]:
        """Return the subscriptions of these provider keys and provider's own ids that exist."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return subscriptions_by_external_id(self.mirror, keys)

    def failures(self, caller: Caller, run_ids: Collection[UUID]) -> dict[UUID, list[SyncFailure]]:
        """Return what each run could not read, in one statement."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return failures_of(self.mirror, run_ids)

    def exceptions(
        self, caller: Caller, wanted: ExceptionFilter, window: Window
    ) -> Page[SyncException]:
        """Return one page of the Exceptions Dashboard."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return page_exceptions(self.mirror, wanted, window)

    def exception_counts(self, caller: Caller) -> dict[ExceptionKind, int]:
        """Return how many exceptions of each kind there are, zeros too."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return count_exceptions(self.mirror)

    def exceptions_of(
        self, caller: Caller, subscription_ids: Collection[UUID]
    ) -> dict[UUID, list[SyncException]]:
        """Return the exceptions about each subscription, in one statement."""
        caller.require(Permission.READ)
        with self.mirror.reading():
            return exceptions_of(self.mirror, subscription_ids)
