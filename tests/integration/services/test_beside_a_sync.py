"""What people change while a sync is writing the same records."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest

from seatsync.domain.plan import Planner
from seatsync.domain.report import SyncTrigger
from seatsync.domain.roles import LOCAL
from seatsync.domain.settings import ApplicationSettings
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.mirror.held import hold_listed
from seatsync.mirror.run_log import begin_run
from seatsync.sync.batch import Reading, plan_batch
from seatsync.sync.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from back_office import BackOffice


def listed(external_id: str, quantity: int) -> RemoteSubscription:
    return RemoteSubscription(
        external_id,
        "c-1",
        f"Subscription {external_id}",
        quantity,
        SubscriptionStatus.ACTIVE,
        "Active",
    )


def sync_beside(
    office: BackOffice, records: list[RemoteSubscription], change: Callable[[], object]
) -> None:
    """Apply a batch; between its reading and its writing, somebody asks for `change`."""
    mirror = office.mirror
    run_id = begin_run(
        mirror,
        trigger=SyncTrigger.AUTOMATIC,
        provider_key="px",
        billing_contract_id=None,
        job_id=None,
        requested_by="schedule",
        now=office.clock.now(),
    )
    reading = Reading(records=records, fingerprints={one.external_id: b"-" for one in records})
    is_asked = Event()

    def ask() -> None:
        is_asked.set()
        try:
            change()
        finally:
            mirror.close()

    with ThreadPoolExecutor(1) as pool:
        with mirror.writing():
            hold_listed(mirror, {"px": records})
            batch = plan_batch(mirror, Planner("px", ApplicationSettings()), reading)
            asked = pool.submit(ask)
            is_asked.wait()
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.3)
            Ledger(mirror, office.clock, run_id).enter("px", reading, batch)
        asked.result()


def test_a_move_during_a_sync_is_not_lost(office: BackOffice) -> None:
    account = office.account()
    contract = office.contract(account)
    office.provider()
    one = office.subscription(
        office.customer("c-1", account), account_id=account.id, unassigned_reason="SETTING_DISABLED"
    )
    sync_beside(
        office, [listed("s-1", 12)], lambda: office.assignments.assign(LOCAL, [one], contract.id)
    )
    found = office.found_subscription(one)
    assert (found.quantity, found.billing_contract_id) == (12, contract.id)


def test_a_mapping_during_a_sync_reaches_what_the_sync_discovers(office: BackOffice) -> None:
    account = office.account()
    office.provider()
    customer = office.customer("c-1")
    sync_beside(
        office, [listed("s-1", 12)], lambda: office.mappings.map(LOCAL, customer, account.id)
    )
    assert office.rows("SELECT quantity FROM subscription") == [(12,)]
    assert office.rows("SELECT id FROM subscription WHERE account_id IS NULL") == []
