"""What people change while a sync is writing the same records."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest

from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.mirror.held import hold_listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from back_office import BackOffice


RECORD = RemoteSubscription(
    "s-1", "c-1", "Subscription s-1", 10, SubscriptionStatus.ACTIVE, "Active"
)


def while_a_batch_is_applied(
    office: BackOffice, change: Callable[[], object], apply: Callable[[], object]
) -> None:
    """Ask for `change` after a sync has read what it is about, and before it applies it."""
    is_asked = Event()

    def ask() -> None:
        is_asked.set()
        try:
            change()
        finally:
            office.mirror.close()

    with ThreadPoolExecutor(1) as pool:
        with office.mirror.writing():
            hold_listed(office.mirror, {"px": [RECORD]})
            asked = pool.submit(ask)
            is_asked.wait()
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.3)
            apply()
        asked.result()


def test_a_move_during_a_sync_is_not_lost(office: BackOffice) -> None:
    account = office.account()
    contract = office.contract(account)
    office.provider()
    one = office.subscription(
        office.customer("c-1", account), account_id=account.id, unassigned_reason="SETTING_DISABLED"
    )
    while_a_batch_is_applied(
        office,
        change=lambda: office.assignments.assign(LOCAL, [one], contract.id),
        apply=lambda: office.mirror.execute(
            "UPDATE subscription SET quantity = 12, billing_contract_id = NULL"
        ),
    )
    found = office.found_subscription(one)
    assert (found.quantity, found.billing_contract_id) == (12, contract.id)


def test_a_mapping_during_a_sync_reaches_what_the_sync_discovers(office: BackOffice) -> None:
    account = office.account()
    office.provider()
    customer = office.customer("c-1")
    while_a_batch_is_applied(
        office,
        change=lambda: office.mappings.map(LOCAL, customer, account.id),
        apply=lambda: office.subscription(
            customer, "s-1", unassigned_reason="PROVIDER_ACCOUNT_UNMAPPED"
        ),
    )
    assert office.rows("SELECT id FROM subscription WHERE account_id IS NULL") == []
    assert office.rows("SELECT unassigned_reason FROM subscription") == [("SETTING_DISABLED",)]
