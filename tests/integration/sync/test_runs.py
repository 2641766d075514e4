"""How runs end: cancelled, interrupted, resumed, broken; and what they leave behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from seatsync.domain.ids import new_id
from seatsync.domain.provider import HealthState
from seatsync.domain.report import SyncOutcome, SyncTrigger
from seatsync.errors import (
    Cancelled,
    CredentialsRefused,
    NotApplicable,
    PermissionMissing,
    ProviderUnreachable,
)
from seatsync.mirror.run_log import begin_run
from seatsync.sdk.context import Control
from seatsync.sync import provider_run
from seatsync.sync.batch import plan_batch
from seatsync.sync.extract import PAGES_AHEAD, RECORDS_AHEAD
from seatsync.sync.request import ProviderSync

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laboratory import Laboratory


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply page by page."""
    monkeypatch.setattr(provider_run, "APPLY_BATCH", 1)


@pytest.fixture(autouse=True)
def readers_end() -> Iterator[None]:
    """See that no reader thread outlives its run."""
    yield
    names = [one.name for one in threading.enumerate()]
    assert not [name for name in names if name.startswith(("extract", "read-ahead"))]


def test_a_cancelled_run_leaves_what_was_committed(lab: Laboratory, small_batches: None) -> None:
    lab.world.readers = 1
    lab.configure()
    lab.world.fill(customers=1, each=6)
    gate = lab.world.gate(lab.world.listing("c-1"), page=2)
    control = Control()
    running = lab.start(lambda: lab.sync(control=control))
    assert gate.reached.wait(10)
    control.cancel("asked to stop")
    with pytest.raises(Cancelled):
        running.result(20)
    assert lab.runs() == [("AUTOMATIC", "CANCELLED")]
    applied = [external_id for external_id, _ in lab.changes()]
    assert applied in [[], ["s-1-1", "s-1-2"], ["s-1-1", "s-1-2", "s-1-3", "s-1-4"]]
    lab.world.gates.clear()
    lab.sync()
    assert [change for _, change in lab.changes()] == ["CREATED"] * 6


def test_a_run_resumed_by_its_job_is_one_run_without_double_entries(
    lab: Laboratory, small_batches: None
) -> None:
    job = uuid4()
    lab.world.fill(customers=2, each=4)
    lab.world.unreadable["s-2-4"] = "a quantity of minus one"
    lab.world.faults[lab.world.listing("c-2"), 1] = ProviderUnreachable("no answer")
    lab.sync(job=job)
    lab.world.faults.clear()
    lab.world.unreadable.clear()
    run = lab.sync(job=job)
    assert lab.runs() == [("AUTOMATIC", "SUCCEEDED")]
    assert (run.counts.created, run.counts.fetched, run.counts.failed) == (8, 8, 0)
    assert sorted(lab.changes()) == sorted((name, "CREATED") for name in lab.world.subscriptions)
    assert lab.failures(run) == []


def test_a_run_whose_process_died_is_closed_by_the_next(lab: Laboratory) -> None:
    begin_run(
        lab.mirror,
        trigger=SyncTrigger.AUTOMATIC,
        provider_key="lab",
        billing_contract_id=None,
        job_id=None,
        requested_by="schedule",
        now=lab.clock.now(),
    )
    lab.sync()
    assert lab.runs() == [("AUTOMATIC", "FAILED"), ("AUTOMATIC", "SUCCEEDED")]
    assert lab.rows("SELECT code FROM run_failure") == [("RUN_INTERRUPTED",)]


def test_a_provider_that_is_not_configured_is_not_applicable(lab: Laboratory) -> None:
    with pytest.raises(NotApplicable):
        lab.sync("nobody")
    assert lab.runs() == []


def test_refused_credentials_fail_the_run_and_the_provider_until_a_sync_succeeds(
    lab: Laboratory,
) -> None:
    lab.world.refuses_to_connect = CredentialsRefused("the secret has expired")
    with pytest.raises(CredentialsRefused):
        lab.sync()
    assert lab.runs() == [("AUTOMATIC", "FAILED")]
    assert lab.rows("SELECT code FROM run_failure") == [("CREDENTIALS_REFUSED",)]
    assert lab.health() is HealthState.FAILED
    lab.world.refuses_to_connect = None
    lab.sync()
    assert lab.health() is HealthState.HEALTHY
    before = lab.dump()
    lab.sync()
    assert lab.dump() == before


def test_a_standing_fault_stops_the_run_and_keeps_what_was_read(lab: Laboratory) -> None:
    lab.world.readers = 1
    lab.configure()
    lab.world.fill(customers=3, each=3)
    listing = lab.world.listing("c-2")
    lab.world.faults[listing, 1] = PermissionMissing("the role was withdrawn")
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert lab.failures(run) == ["PERMISSION_MISSING"]
    assert lab.health() is HealthState.FAILED
    assert lab.knows("s-1-1")
    assert lab.knows("s-3-1") is False


def test_three_customers_in_a_row_that_cannot_be_reached_stop_the_run(lab: Laboratory) -> None:
    if lab.world.scans:
        return
    lab.world.readers = 1
    lab.configure()
    lab.world.fill(customers=6, each=1)
    for name in ("c-2", "c-3", "c-4"):
        lab.world.faults[name, 0] = ProviderUnreachable(f"no answer about {name}")
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert lab.failures(run) == ["PROVIDER_UNREACHABLE"] * 3
    assert lab.knows("s-1-1")
    assert lab.knows("s-6-1") is False


def test_two_customers_that_cannot_be_reached_do_not(lab: Laboratory) -> None:
    if lab.world.scans:
        return
    lab.world.fill(customers=6, each=1)
    for name in ("c-2", "c-3"):
        lab.world.faults[name, 0] = ProviderUnreachable(f"no answer about {name}")
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert run.counts.created == 4


def test_a_provider_none_of_whose_customers_can_be_reached_is_tried_again_later(
    lab: Laboratory,
) -> None:
    lab.world.fill(customers=2, each=1)
    for name in ("c-1", "c-2"):
        lab.world.faults[lab.world.listing(name), 0] = ProviderUnreachable("no answer")
    with pytest.raises(ProviderUnreachable):
        lab.sync()
    assert lab.runs() == [("AUTOMATIC", "FAILED")]


def test_a_plugin_that_breaks_fails_the_run_and_the_run_says_so(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=1)
    lab.world.faults[lab.world.listing("c-1"), 0] = KeyError("quantity")
    with pytest.raises(KeyError):
        lab.sync()
    assert lab.runs() == [("AUTOMATIC", "FAILED")]
    assert lab.rows("SELECT code FROM run_failure") == [("INTERNAL",)]


def test_a_mirror_that_cannot_be_written_stops_the_readers(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.world.fill(customers=5, each=600)

    def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(provider_run, "plan_batch", broken)
    monkeypatch.setattr(provider_run, "APPLY_BATCH", 1)
    with pytest.raises(OSError, match="disk is gone"):
        lab.sync()
    ahead = RECORDS_AHEAD // lab.world.page_size if lab.world.scans else PAGES_AHEAD
    assert lab.world.pages_given < ahead + 36


def test_the_provider_is_read_on_while_a_batch_is_applied(
    lab: Laboratory, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.world.fill(customers=1, each=20)
    gate = lab.world.gate(lab.world.listing("c-1"), page=2)
    was_read_on = []

    def plan_when_read_on(*given: Any) -> Any:
        was_read_on.append(gate.reached.wait(10))
        gate.opened.set()
        return plan_batch(*given)

    monkeypatch.setattr(provider_run, "plan_batch", plan_when_read_on)
    assert lab.sync().outcome is SyncOutcome.SUCCEEDED
    assert was_read_on[0]


def test_connectors_are_closed_however_a_run_ends(lab: Laboratory) -> None:
    lab.sync()
    lab.world.faults["customers", 0] = ProviderUnreachable("no answer")
    with pytest.raises(ProviderUnreachable):
        lab.sync()
    assert lab.world.closed == 2


def test_entries_are_in_the_order_they_were_written(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=30)
    lab.sync()
    ids = [entry.id for entry in lab.entries()]
    assert ids == sorted(ids)
    assert ids[-1] < new_id()


def test_progress_is_told(lab: Laboratory) -> None:
    told: list[tuple[int, int | None, str | None]] = []
    lab.world.fill(customers=2, each=3)
    lab.engine.sync_provider(
        ProviderSync("lab", "schedule"), Control(), lambda *all_of_it: told.append(all_of_it)
    )
    assert told[0] == (0, None, "reading customers")
    assert told[-1][2] == "6 subscriptions read"
    done = [number for number, _, _ in told]
    assert done == sorted(done)
