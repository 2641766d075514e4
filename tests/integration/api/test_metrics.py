"""The agent's numbers, as Prometheus reads them."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from seatsync.domain.connectivity import Consent, ConsentKind, ConsentState
from seatsync.domain.crm import CrmDirection, CrmNoun
from seatsync.domain.ids import new_id
from seatsync.domain.provider import HealthState, ProviderHealth
from seatsync.domain.roles import LOCAL
from seatsync.mirror.crm_link import note_failure
from seatsync.mirror.health import store_health
from seatsync.mirror.outbox import note_created
from socket_talk import Served

if TYPE_CHECKING:
    from collections.abc import Callable

    from back_office import BackOffice
    from front_desk import FrontDesk


def scraped(desk: FrontDesk) -> dict[str, dict[frozenset[str], float]]:
    """Return every metric's values by their labels' values."""
    answer = desk.send("GET", "/metrics", headers={"Accept": "text/plain"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        family.name.removeprefix("seatsync_"): {
            frozenset(sample.labels.values()): sample.value for sample in family.samples
        }
        for family in text_string_to_metric_families(answer.text)
    }


def of(*labels: str) -> frozenset[str]:
    return frozenset(labels)


def run(office: BackOffice, outcome: str, **counts: int) -> Any:
    run_id = new_id()
    names = ("fetched", "created", "updated", "unchanged", "unassigned", "missing", "failed")
    with office.mirror.writing():
        office._insert(
            "sync_run",
            id=run_id,
            trigger_kind="AUTOMATIC",
            provider_key="px",
            requested_by="schedule",
            started_at=office.clock.now(),
            finished_at=office.clock.now() + timedelta(minutes=1),
            outcome=outcome,
            **(dict.fromkeys(names, 0) | counts),
        )
    return run_id


@pytest.fixture
def history(office: BackOffice) -> None:
    office.provider()
    run(office, "SUCCEEDED", fetched=9, created=2, updated=3)
    run(office, "SUCCEEDED", updated=4)
    failed = run(office, "FAILED", failed=1)
    with office.mirror.writing():
        office._insert(
            "run_failure",
            id=new_id(),
            run_id=failed,
            provider_key="px",
            code="RECORD_UNREADABLE",
            message="?",
        )


def test_runs_changes_and_failures_are_counted(
    desk: FrontDesk, office: BackOffice, history: None
) -> None:
    found = scraped(desk)
    assert found["sync_runs"] == {
        of("px", "AUTOMATIC", "SUCCEEDED"): 2,
        of("px", "AUTOMATIC", "FAILED"): 1,
    }
    assert found["sync_changes"][of("px", "updated")] == 7
    assert found["sync_changes"][of("px", "created")] == 2
    assert found["sync_failures"] == {of("px", "RECORD_UNREADABLE"): 1}
    success = office.clock.now() + timedelta(minutes=1)
    assert found["last_success_timestamp_seconds"] == {of("px"): success.timestamp()}


def test_unassigned_subscriptions_are_counted_by_reason(
    desk: FrontDesk, office: BackOffice
) -> None:
    office.provider()
    customer = office.customer()
    office.subscription(customer, "a", unassigned_reason="NO_DEFAULT_CONTRACT")
    office.subscription(customer, "b", unassigned_reason="NO_DEFAULT_CONTRACT")
    office.subscription(customer, "c", unassigned_reason="SETTING_DISABLED", status="CANCELLED")
    found = scraped(desk)
    assert found["unassigned_subscriptions"] == {
        of("NO_DEFAULT_CONTRACT"): 2,
        of("SETTING_DISABLED"): 1,
    }
    assert found["subscriptions"] == {of("px", "ACTIVE"): 2, of("px", "CANCELLED"): 1}


def test_the_queue_tells_how_long_a_job_has_been_due(desk: FrontDesk, office: BackOffice) -> None:
    assert scraped(desk)["job_queue_age_seconds"] == {of(): 0}
    office.provider()
    job = office.syncs.sync_provider(LOCAL, "px")
    assert scraped(desk)["job_queue_age_seconds"][of()] > 3600
    assert scraped(desk)["jobs"] == {of("SYNC_PROVIDER", "WAITING"): 1}
    office.jobs.cancel(LOCAL, job.id)
    assert scraped(desk)["job_queue_age_seconds"] == {of(): 0}


def test_the_end_of_a_consent_is_told(desk: FrontDesk, office: BackOffice) -> None:
    office.provider()
    end = office.clock.now() + timedelta(days=30)
    consent = Consent(ConsentKind.USER, ConsentState.GRANTED, end)
    health = ProviderHealth(HealthState.FAILED, office.clock.now(), (), (consent,))
    with office.mirror.writing():
        store_health(office.mirror, "px", health)
    found = scraped(desk)
    assert found["token_expiry_timestamp_seconds"] == {of("px", "USER"): end.timestamp()}
    assert found["provider_healthy"] == {of("px"): 0}


def test_openmetrics_is_spoken_when_it_is_asked_for(desk: FrontDesk) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = desk.send("GET", "/metrics", headers=accept)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_what_clients_have_open_is_counted_until_they_leave(desk: FrontDesk) -> None:
    def open_now() -> list[float]:
        found = scraped(desk)
        names = ("websocket_connections", "websocket_operations")
        return [found[name][of()] for name in names]

    follow = "subscription { syncReport { id } }"
    with Served(desk).open() as served:
        assert open_now() == [0, 0]
        with served.talk() as one, served.talk():
            one.subscribe("a", follow)
            one.subscribe("b", follow)
            eventually(lambda: open_now() == [2, 2])
            one.say("complete", id="a")
            eventually(lambda: open_now() == [2, 1])
        eventually(lambda: open_now() == [0, 0])


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_the_crm_has_yet_to_be_told_and_how_late_it_is_are_counted(
    desk: FrontDesk, office: BackOffice
) -> None:
    mirror, now = office.mirror, office.clock.now()
    mirror.feeds_crm = True
    with mirror.writing():
        note_created(mirror, CrmNoun.ACCOUNT, [new_id()], now)
        mirror.execute("UPDATE crm_outbox SET parked = :yes", {"yes": True})
        note_created(mirror, CrmNoun.SUBSCRIPTION, [new_id(), new_id()], now)
        note_failure(mirror, CrmDirection.PUSH, "no answer", now)
    mirror.feeds_crm = False
    found = scraped(desk)
    assert found["crm_outbox_records"] == {
        of("account", "PARKED"): 1,
        of("subscription", "WAITING"): 2,
    }
    assert found["crm_late_seconds"].keys() == {of("push")}
