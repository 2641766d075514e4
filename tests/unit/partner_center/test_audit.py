"""The audit log: what it says, and what is read although it says nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from seatsync.sdk.simulator import answers, garbage

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_partner_center.connector import PartnerCenterConnector
    from seatsync_partner_center.simulator import Simulator
    from virtual_time import VirtualTime

    Connect = Callable[..., PartnerCenterConnector]

DAY = timedelta(days=1)


@pytest.fixture
def now(time: VirtualTime) -> datetime:
    return time.clock.now()


def test_without_the_option_every_customer_is_read(connect: Connect, now: datetime) -> None:
    assert connect().due_customers({"c-1": now}) is None


def test_a_customer_without_an_operation_is_not_read(
    partner: Simulator, connect: Connect, now: datetime
) -> None:
    partner.audit("C-2", "update_subscription", now)
    assert connect(audit_delta=True).due_customers({"c-1": now, "c-2": now}) == {"c-2"}


@pytest.mark.parametrize("operation", ["create_order", "update_order", "upgrade_subscription"])
@pytest.mark.parametrize("status", ["succeeded", "progress"])
def test_an_operation_on_subscriptions_makes_its_customer_due(
    partner: Simulator, connect: Connect, now: datetime, operation: str, status: str
) -> None:
    partner.audit("c-1", operation, now, status)
    assert connect(audit_delta=True).due_customers({"c-1": now}) == {"c-1"}


@pytest.mark.parametrize(
    ("operation", "status"),
    [("create_order", "failed"), ("create_order", "decline"), ("reset_user_password", "succeeded")],
)
def test_what_failed_or_touches_no_subscription_makes_nobody_due(
    partner: Simulator, connect: Connect, now: datetime, operation: str, status: str
) -> None:
    partner.audit("c-1", operation, now, status)
    assert connect(audit_delta=True).due_customers({"c-1": now}) == set()


def test_an_operation_of_the_day_before_the_reading_counts_since_the_log_may_be_late(
    partner: Simulator, connect: Connect, now: datetime
) -> None:
    partner.audit("c-1", "create_order", now - timedelta(hours=23))
    partner.audit("c-2", "create_order", now - timedelta(hours=25))
    due = connect(audit_delta=True).due_customers({"c-1": now, "c-2": now})
    assert due == {"c-1"}


def test_a_customer_that_was_read_long_ago_is_due_whatever_the_log_says(
    connect: Connect, now: datetime
) -> None:
    read_at = {"c-1": now, "c-2": now - timedelta(hours=25)}
    assert connect(audit_delta=True).due_customers(read_at) == {"c-2"}
    assert connect(audit_delta=True, full_read_hours=48).due_customers(read_at) == set()


def test_if_all_were_read_long_ago_the_log_is_not_even_asked(
    partner: Simulator, connect: Connect, now: datetime
) -> None:
    assert connect(audit_delta=True).due_customers({"c-1": now - 2 * DAY}) is None
    assert partner.state.log.calls == []


@pytest.mark.parametrize(
    "fault",
    [
        answers(403, b'{"code":"900150"}'),
        answers(400, b'{"code":"800002"}'),
        garbage(),
        garbage(b'{"items":[{"operationDate":5}]}'),
    ],
)
def test_a_log_that_cannot_be_read_makes_everybody_due(
    partner: Simulator, connect: Connect, now: datetime, fault: object
) -> None:
    partner.faults.plan("auditrecords", fault)  # type: ignore[arg-type]
    assert connect(audit_delta=True).due_customers({"c-1": now}) is None
