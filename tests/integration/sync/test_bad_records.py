"""Records that cannot be kept are reported, one by one, and lose nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab import World
from laboratory import Laboratory
from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.money import Money
from seatsync.domain.report import SyncOutcome
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus

if TYPE_CHECKING:
    from seatsync.mirror.database import Mirror

UNKEEPABLE: list[dict[str, Any]] = [
    {"quantity": -1},
    {"quantity": 2**63},
    {"name": "a\0b"},
    {"part_number": "\ud800"},
    {"external_id": " "},
    {"external_id": "x\0"},
    {"external_id": "x" * 3000},
    {"customer_external_id": ""},
    {"unit_cost": Money(Decimal("NaN"), "USD")},
    {"unit_cost": Money(Decimal("1e30"), "USD")},
    {"unit_cost": Money(Decimal(1), "U\0D")},
    {"starts_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - a plug-in that forgot the zone
    {"commitment_ends_at": datetime.max.replace(tzinfo=UTC)},
    {"starts_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))},
]


@pytest.mark.parametrize("flaw", UNKEEPABLE, ids=[str(number) for number in range(14)])
def test_a_record_that_cannot_be_kept_is_reported_and_the_others_go_on(
    mirror: Mirror, flaw: dict[str, Any]
) -> None:
    lab = Laboratory(mirror, World(scans=True))
    lab.world.fill(customers=1, each=2)
    lab.world.subscription("bad", "c-1")
    lab.world.change("bad", **flaw)
    for _ in range(2):
        run = lab.sync()
        assert run.outcome is SyncOutcome.PARTIAL
        assert lab.failures(run) == ["RECORD_UNREADABLE"]
        assert run.counts.failed == 1
    assert lab.knows("s-1-1")
    assert lab.knows("s-1-2")


@pytest.mark.parametrize("flaw", [{"quantity": -1}, {"name": "a\0b"}])
def test_a_known_record_that_turns_bad_keeps_what_was_known(
    mirror: Mirror, flaw: dict[str, Any]
) -> None:
    lab = Laboratory(mirror, World())
    lab.world.fill(customers=1, each=1)
    lab.sync()
    lab.world.change("s-1-1", **flaw)
    run = lab.sync()
    assert lab.changes(run) == [("s-1-1", "FAILED")]
    assert lab.subscription("s-1-1").quantity == 10
    assert lab.subscription("s-1-1").missing_since is None


@pytest.mark.parametrize(
    "bad",
    [
        RemoteCustomer("", "No id"),
        RemoteCustomer("c-9", "a\0b"),
        RemoteCustomer("c\0", "NUL"),
        RemoteCustomer("c-9", "Name", "\udfff.example"),
    ],
)
def test_a_customer_that_cannot_be_kept_is_reported_and_the_others_go_on(
    mirror: Mirror, bad: RemoteCustomer
) -> None:
    lab = Laboratory(mirror, World())
    lab.world.customers["bad"] = bad
    lab.world.fill(customers=1, each=1)
    run = lab.sync()
    assert lab.failures(run) == ["RECORD_UNREADABLE"]
    assert run.outcome is SyncOutcome.PARTIAL
    assert lab.knows("s-1-1")


def test_what_a_plugin_says_of_a_record_may_hold_anything(mirror: Mirror) -> None:
    lab = Laboratory(mirror, World())
    lab.world.fill(customers=1, each=1)
    lab.world.unreadable["s-1-1"] = "this is \0 no text \ud800"
    run = lab.sync()
    assert lab.failures(run) == ["RECORD_UNREADABLE"]


TEXTS = st.text(max_size=12)
SOME = st.none() | TEXTS
INSTANTS = st.none() | st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - the zones follow
    max_value=datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-11)), timezone(timedelta(hours=5))]),
)
RECORDS = st.builds(
    RemoteSubscription,
    external_id=st.sampled_from(["s-1", "s-2", "s-3"]),
    customer_external_id=st.just("c-1"),
    name=TEXTS,
    quantity=st.integers(-1, 2**63),
    status=st.sampled_from(SubscriptionStatus),
    provider_status=TEXTS,
    billing_type=st.sampled_from(BillingType),
    part_number=SOME,
    product_name=SOME,
    unit_type=SOME,
    term=SOME,
    billing_frequency=st.none() | st.sampled_from(BillingFrequency),
    is_trial=st.booleans(),
    auto_renew=st.none() | st.booleans(),
    parent_external_id=SOME,
    starts_at=INSTANTS,
    commitment_ends_at=INSTANTS,
    unit_cost=st.none()
    | st.builds(Money, st.decimals(allow_nan=True), st.sampled_from(["USD", "eur ", ""])),
)


@given(records=st.lists(RECORDS, max_size=3, unique_by=lambda record: record.external_id))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_read_again_from_the_database_equals_what_was_read_from_the_provider(
    mirror: Mirror, records: list[RemoteSubscription]
) -> None:
    lab = Laboratory(mirror, World())
    lab.world.customer("c-1")
    lab.world.subscriptions = {record.external_id: record for record in records}
    lab.sync()
    before = lab.changes()
    with mirror.writing():
        mirror.execute("UPDATE provider SET record_epoch = 'another'")
    again = lab.sync()
    assert [one for one in lab.changes(again) if one[1] != "FAILED"] == []
    assert len(lab.changes()) - len(before) == again.counts.failed
    assert lab.mismatches() == []
