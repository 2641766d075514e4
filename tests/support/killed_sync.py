"""A sync in a process of its own, which kills itself (SIGKILL) at a chosen commit."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lab import World
from laboratory import Laboratory
from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import CustomerError
from seatsync.mirror.database import Mirror
from seatsync.sync import provider_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
PATIENCE_S = 60
ACCOUNT = UUID(int=1)
CONTRACT = UUID(int=2)
CLEAN = multiprocessing.get_context("forkserver")
"""Processes forked from one that has no threads and no connections."""
CLEAN.set_forkserver_preload(
    [
        "seatsync.mirror.database",
        "seatsync.mirror.locks",
        "seatsync.sdk.settings",
        "seatsync.services.changing",
        "seatsync.sync.engine",
    ]
)


@dataclass(frozen=True)
class Errand:
    """What a process does: which database, which way of reading, for which job or contract."""

    url: str
    scans: bool
    job: UUID | None = None
    contract: UUID | None = None
    kill_at: int | None = None
    """The number, from 1, of the commit at which it kills itself."""
    after: bool = False
    """Whether it dies after the commit instead of before it."""


def world_before(*, scans: bool) -> World:
    """Return a world of some customers, as the mirror is to know it."""
    world = World(scans=scans, page_size=2, readers=1)
    world.fill(customers=4, each=3)
    world.customer("c-5", "Leaving")
    return world


def world_after(*, scans: bool) -> World:
    """Return the same world later: something of every kind has changed."""
    world = world_before(scans=scans)
    del world.customers["c-5"]
    world.customer("c-1", "Renamed", "renamed.example")
    world.customer("c-6", "New")
    world.subscription("s-6-1", "c-6")
    world.subscription("s-6-2", "c-6", status=SubscriptionStatus.CANCELLED)
    world.subscription("s-1-4", "c-1", quantity=7)
    world.change("s-1-1", quantity=11)
    world.change("s-2-1", status=SubscriptionStatus.CANCELLED)
    world.change("s-2-2", name="Renamed")
    world.change("s-3-3", customer_external_id="c-2")
    world.unreadable["s-3-1"] = "a quantity of minus one"
    for gone in ("s-1-3", "s-2-3", "s-4-1"):
        del world.subscriptions[gone]
    if not scans:
        world.faults["c-4", 1] = CustomerError("c-4", "the partner was removed")
    return world


def run(errand: Errand) -> tuple[int | None, int]:
    """Do an errand in another process; return its exit code and how many commits it told."""
    ours, theirs = CLEAN.Pipe(duplex=False)
    process = CLEAN.Process(target=_do, args=(errand, theirs))
    process.start()
    theirs.close()
    process.join(PATIENCE_S)
    commits = ours.recv() if process.exitcode == 0 else 0
    ours.close()
    return process.exitcode, commits


def _do(errand: Errand, told: Connection) -> None:
    provider_run.APPLY_BATCH = 2
    provider_run.MARK_BATCH = 1
    mirror = Mirror.open(errand.url)
    count = _count_commits(mirror.db.provider, errand)
    lab = Laboratory(mirror, world_after(scans=errand.scans))
    lab.clock.move(hours=1)
    if errand.contract:
        ticked = [lab.id(name) for name in ("s-1-1", "s-1-4")]
        lab.proceed(errand.contract, ticked, job=errand.job)
    else:
        lab.sync(job=errand.job)
    told.send(count())


def _count_commits(provider: Any, errand: Errand) -> Callable[[], int]:
    """Put a deadly counter in the place of the driver's commit."""
    done = 0
    commit = provider.commit

    def counted(*arguments: Any) -> None:
        nonlocal done
        done += 1
        if done == errand.kill_at and not errand.after:
            _die()
        commit(*arguments)
        if done == errand.kill_at:
            _die()

    provider.commit = counted
    return lambda: done


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def prepare(mirror: Mirror, *, scans: bool) -> None:
    """Fill a mirror with the world before, and with a contract of the first customer's account.

    One subscription is on the contract, one is missing at the provider and will be found again.
    """
    lab = Laboratory(mirror, world_before(scans=scans))
    lab.sync()
    account = lab.office.accounts.create(LOCAL, account_id=ACCOUNT, name="Aster Mills")
    lab.map("c-1", account)
    contract = lab.office.contract(account, id=CONTRACT, is_default=True)
    lab.proceed(contract.id, [lab.id("s-1-2")])
    del lab.world.subscriptions["s-4-3"]
    lab.sync()
