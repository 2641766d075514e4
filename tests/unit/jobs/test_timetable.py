from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.job import JobKind
from seatsync.jobs.timetable import (
    ProviderSchedule,
    changed_next_run,
    default_schedule,
    next_run,
)

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
intervals = st.integers(1, 366 * 24 * 60)
instants = st.integers(-(10**7), 10**7).map(lambda minutes: NOW + timedelta(minutes=minutes))


def test_a_new_installation_syncs_and_verifies_at_once_and_prunes_tomorrow() -> None:
    rows = {row.key: row for row in default_schedule([ProviderSchedule("pax8")], NOW)}
    tomorrow = NOW + timedelta(days=1)
    assert {key: row.next_run_at for key, row in rows.items()} == {
        "sync:pax8": NOW,
        "verify:pax8": NOW,
        "accounts:pax8": tomorrow,
        "prune": tomorrow,
    }
    assert {key: row.interval_minutes for key, row in rows.items()} == {
        "sync:pax8": 60,
        "verify:pax8": 360,
        "accounts:pax8": 1440,
        "prune": 1440,
    }
    assert rows["sync:pax8"].kind is JobKind.SYNC_PROVIDER
    assert rows["prune"].provider_key is None


def test_a_provider_without_automatic_sync_is_verified_and_not_synced() -> None:
    rows = {
        row.key: row for row in default_schedule([ProviderSchedule("pax8", auto_sync=False)], NOW)
    }
    assert not rows["sync:pax8"].enabled
    assert rows["sync:pax8"].next_run_at is None
    assert rows["verify:pax8"].enabled


@given(interval=intervals, now=instants)
def test_the_next_run_is_one_interval_ahead_however_late_this_one_is(
    interval: int, now: datetime
) -> None:
    assert next_run(interval, now) - now == timedelta(minutes=interval)


@given(last=st.none() | instants, interval=intervals, now=instants)
def test_a_changed_interval_counts_from_the_last_run_and_never_leads_into_the_past(
    last: datetime | None, interval: int, now: datetime
) -> None:
    changed = changed_next_run(last, enabled=True, interval_minutes=interval, now=now)
    assert changed is not None
    assert changed >= now
    assert changed in {now, (last or now) + timedelta(minutes=interval)}


@given(last=st.none() | instants, interval=intervals, now=instants)
def test_a_job_that_is_switched_off_has_no_next_run(
    last: datetime | None, interval: int, now: datetime
) -> None:
    assert changed_next_run(last, enabled=False, interval_minutes=interval, now=now) is None
