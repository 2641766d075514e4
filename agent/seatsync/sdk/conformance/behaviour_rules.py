"""Rules about syncs with the real engine, on an SQLite database of their own."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from seatsync.errors import SeatsyncError
from seatsync.sdk.conformance.rule import Chapter, Tier, require, require_same
from seatsync.sdk.simulator import garbage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.sdk.conformance.bench import Bench
    from seatsync.sdk.conformance.proving_ground import Held
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.plugin import ProviderPlugin

BEHAVIOUR = Chapter("Behaviour")

ALWAYS = 1_000_000
SUCCEEDED = "SUCCEEDED"
AGENTS = 2
MOST_BREAKS = 50
_CHANGED, _GONE_UP = 2, 40


@BEHAVIOUR.rule(Tier.BRONZE)
def a_sync_takes_over_what_is_there(bench: Bench) -> None:
    """A sync writes each subscription with its seats, once, and reports it as created."""
    held = _synced(bench)
    expected = {record.external_id: record.quantity for record in bench.subscriptions}
    require_same({row[0]: row[3] for row in held.subscriptions}, expected, "what is written")
    require_same(Counter(held.report), Counter((key, "CREATED") for key in expected), "the report")


@BEHAVIOUR.rule(Tier.BRONZE)
def a_second_sync_changes_nothing(bench: Bench) -> None:
    """A sync right after another writes and reports nothing."""
    with bench.proving_ground() as trial:
        trial.sync()
        before = trial.held()
        require_same(trial.sync(), SUCCEEDED, "the outcome of the second sync")
        require_same(trial.held(), before, "after the second sync")


@BEHAVIOUR.rule(Tier.SILVER)
def a_change_is_taken_over_once(bench: Bench) -> None:
    """A changed quantity becomes one report entry and one License Change."""
    with bench.proving_ground() as trial:
        trial.sync()
        before = trial.held()
        changed = _change_seats(bench)
        trial.sync()
        after = trial.held()
    require_same(after.report[len(before.report) :], ((changed, "UPDATED"),), "the report")
    grown = after.license_changes[len(before.license_changes) :]
    require_same([row[0] for row in grown], [changed], "the License Changes")


@BEHAVIOUR.rule(Tier.GOLD)
def a_sync_that_is_killed_is_finished_by_the_next(bench: Bench) -> None:
    """Broken off after any page, the next sync ends as if nothing had been, without doubles."""
    expected = _synced(bench)
    for pages in range(MOST_BREAKS):
        name = f"killed-{pages}"
        if not _is_killed_after(bench, pages, name):
            return
        with bench.proving_ground(name=name) as trial:
            require_same(trial.sync(), SUCCEEDED, f"the sync after one killed at page {pages}")
            _require_same_end(trial.held(), expected, f"killed at page {pages}")


@BEHAVIOUR.rule(Tier.GOLD)
def two_syncs_at_once_end_as_one(bench: Bench) -> None:
    """Two agents that sync at once end with the same records as one, without doubles."""
    expected = _synced(bench)
    with bench.proving_ground(name="shared") as trial:
        with ThreadPoolExecutor(AGENTS) as pool:
            outcomes = list(pool.map(lambda _: _sync_shared(bench), range(AGENTS)))
        require_same(outcomes, [SUCCEEDED] * AGENTS, "their outcomes")
        _require_same_end(trial.held(), expected, "two at once")


@BEHAVIOUR.rule(Tier.GOLD)
def a_sync_that_fails_forgets_nobody(bench: Bench) -> None:
    """A listing that turns into garbage marks nothing as missing, and is no success."""
    with bench.proving_ground() as trial:
        trial.sync()
        before = trial.held()
        for walk in (bench.walks()[0], bench.walks()[-1]):
            nth = min(2, bench.pages_of(walk))
            bench.fresh()
            bench.meddler.faults.plan(walk.listing.path, garbage(), nth=nth, times=ALWAYS)
            _require_failure(trial.sync)
        after = trial.held()
    require_same(after.subscriptions, before.subscriptions, "after syncs that failed")
    require_same(after.report, before.report, "the report of syncs that failed")


class Killed(BaseException):
    """The process is gone; no handler of exceptions sees it."""


def _synced(bench: Bench) -> Held:
    with bench.proving_ground(name="whole") as trial:
        require_same(trial.sync(), SUCCEEDED, "the outcome of a sync")
        return trial.held()


def _sync_shared(bench: Bench) -> str:
    with bench.proving_ground(name="shared") as trial:
        return trial.sync()


def _change_seats(bench: Bench) -> str:
    record = bench.record(_CHANGED, quantity=_GONE_UP)
    bench.put(record)
    return record.external_id


def _require_same_end(held: Held, expected: Held, what: str) -> None:
    require_same(held.subscriptions, expected.subscriptions, f"{what}: the subscriptions")
    for name in ("report", "license_changes"):
        came, wanted = Counter(getattr(held, name)), Counter(getattr(expected, name))
        require_same(came, wanted, f"{what}: the {name.replace('_', ' ')}")


def _is_killed_after(bench: Bench, pages: int, name: str) -> bool:
    with bench.proving_ground(_killed_after(bench, pages), name) as trial:
        try:
            trial.sync()
        except Killed:
            return True
    return False


def _require_failure(sync: Callable[[], str]) -> None:
    try:
        outcome = sync()
    except SeatsyncError:
        return
    require(outcome != SUCCEEDED, "a sync whose listing broke off says that it succeeded")


def _killed_after(bench: Bench, pages: int) -> ProviderPlugin:
    """Return the plug-in with connectors that die after so many pages, of whatever listing."""
    plugin = bench.plugin
    connect = plugin.connect
    return replace(plugin, connect=lambda *given: _Dying(connect(*given), pages))


class _Dying:
    """A connector that hands on some pages, and then dies."""

    def __init__(self, connector: Connector, pages: int) -> None:
        self._connector = connector
        self._left = pages

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def customers(self) -> Iterator[Any]:
        return self._few(self._connector.customers)

    def subscriptions(self, customer: RemoteCustomer) -> Iterator[Any]:
        return self._few(partial(self._connector.subscriptions, customer))

    def all_subscriptions(self) -> Iterator[Any]:
        return self._few(self._connector.all_subscriptions)

    def _few(self, listing: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        for page in listing():
            if self._left < 1:
                raise Killed
            self._left -= 1
            yield page
