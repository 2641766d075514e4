"""Asking for syncs, and what is done to jobs and to the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.change import FieldChange
from seatsync.domain.contract import ContractStatus
from seatsync.domain.ids import new_id
from seatsync.domain.job import JobKind, JobStatus
from seatsync.domain.roles import LOCAL, Caller, Role
from seatsync.errors import Forbidden, Refusal
from seatsync.jobs.timetable import ProviderSchedule
from seatsync.services.contract_changes import ContractEdit
from seatsync.services.sync_requests import ContractSyncRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from back_office import BackOffice
    from seatsync.domain.account import Account
    from seatsync.domain.contract import BillingContract

READER = Caller("dana", frozenset({Role.READER, Role.BILLING}))


@pytest.fixture
def account(office: BackOffice) -> Account:
    return office.account()


@pytest.fixture
def contract(office: BackOffice, account: Account) -> BillingContract:
    return office.contract(account)


@pytest.fixture
def customer(office: BackOffice, account: Account) -> UUID:
    office.provider()
    return office.customer("c-1", account)


def refusal(office: BackOffice, request: ContractSyncRequest) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(Refusal) as refused:
        office.syncs.sync_contract(LOCAL, request)
    assert office.rows("SELECT id FROM job") == []
    return refused.value.code, refused.value.path


def test_a_sync_from_a_contract_becomes_a_job(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    ticked = new_id()
    caller = Caller("dana", frozenset({Role.PROVISIONING}))
    job = office.syncs.sync_contract(
        caller, ContractSyncRequest(contract.id, ["px"], [ticked], "checksum")
    )
    assert (job.kind, job.status, job.requested_by) == (
        JobKind.SYNC_SUBSCRIPTIONS,
        JobStatus.WAITING,
        "dana",
    )
    assert job.arguments == {
        "billing_contract_id": str(contract.id),
        "provider_keys": ["px"],
        "subscription_ids": [str(ticked)],
        "expect_checksum": "checksum",
    }


def test_no_provider_keys_means_all_that_serve_the_account(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    job = office.syncs.sync_contract(LOCAL, ContractSyncRequest(contract.id))
    assert job.arguments["provider_keys"] is None


def test_a_sync_from_an_unknown_contract_is_not_found(office: BackOffice) -> None:
    assert refusal(office, ContractSyncRequest(new_id())) == (
        "NOT_FOUND",
        ("billingContractId",),
    )


def test_a_sync_from_an_inactive_contract_is_refused(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    office.contracts.update(LOCAL, contract.id, ContractEdit(status=ContractStatus.INACTIVE))
    assert refusal(office, ContractSyncRequest(contract.id)) == (
        "CONTRACT_INACTIVE",
        ("billingContractId",),
    )


def test_an_account_that_no_provider_account_maps_to_is_refused(
    office: BackOffice, contract: BillingContract
) -> None:
    office.provider()
    office.customer("c-1")
    assert refusal(office, ContractSyncRequest(contract.id))[0] == "PROVIDER_ACCOUNT_UNMAPPED"


def test_only_provider_accounts_of_the_chosen_providers_count(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    office.provider("other")
    wanted = ContractSyncRequest(contract.id, ["other"])
    assert refusal(office, wanted)[0] == "PROVIDER_ACCOUNT_UNMAPPED"


@pytest.mark.parametrize("key", ["nowhere", "manual", "a\0b"])
def test_an_unknown_provider_is_not_found(
    office: BackOffice, contract: BillingContract, customer: UUID, key: str
) -> None:
    assert refusal(office, ContractSyncRequest(contract.id, [key])) == (
        "NOT_FOUND",
        ("providerKeys",),
    )
    for ask in (office.syncs.sync_provider, office.syncs.sync_provider_accounts):
        with pytest.raises(Refusal) as refused:
            ask(LOCAL, key)
        assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("providerKey",))


def test_what_is_on_another_contract_cannot_be_selected(
    office: BackOffice, account: Account, contract: BillingContract, customer: UUID
) -> None:
    other = office.contract(account, "Other")
    here, there = (
        office.subscription(customer, name, account_id=account.id, billing_contract_id=where.id)
        for name, where in (("s-1", contract), ("s-2", other))
    )
    wanted = ContractSyncRequest(contract.id, subscription_ids=[here, there])
    assert refusal(office, wanted) == ("NOT_SELECTABLE", ("subscriptionIds", "1"))


def test_what_belongs_to_another_account_cannot_be_selected(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    other = office.customer("c-2", office.account("Birch Foods"))
    theirs = office.subscription(other, unassigned_reason="SETTING_DISABLED")
    wanted = ContractSyncRequest(contract.id, subscription_ids=[theirs])
    assert refusal(office, wanted)[0] == "NOT_SELECTABLE"


def test_what_waits_for_a_contract_can_be_selected(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    one = office.subscription(customer, unassigned_reason="SETTING_DISABLED")
    job = office.syncs.sync_contract(
        LOCAL, ContractSyncRequest(contract.id, subscription_ids=[one])
    )
    assert job.arguments["subscription_ids"] == [str(one)]


def test_the_same_key_gets_the_first_job_whatever_holds_now(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    wanted = ContractSyncRequest(contract.id, idempotency_key="once")
    first = office.syncs.sync_contract(LOCAL, wanted)
    office.contracts.update(LOCAL, contract.id, ContractEdit(status=ContractStatus.INACTIVE))
    assert office.syncs.sync_contract(LOCAL, wanted).id == first.id


def test_the_same_key_with_another_input_is_a_conflict(
    office: BackOffice, contract: BillingContract, customer: UUID
) -> None:
    first = office.syncs.sync_provider(LOCAL, "px", "once")
    with pytest.raises(Refusal) as refused:
        office.syncs.sync_contract(LOCAL, ContractSyncRequest(contract.id, idempotency_key="once"))
    assert refused.value.code == "IDEMPOTENCY_CONFLICT"
    assert office.syncs.sync_provider(LOCAL, "px", "once").id == first.id


@pytest.mark.usefixtures("customer")
def test_a_provider_is_synced_listed_and_verified_as_jobs(office: BackOffice) -> None:
    jobs = [
        office.syncs.sync_provider(LOCAL, "px"),
        office.syncs.sync_provider_accounts(LOCAL, "px"),
        office.syncs.verify(LOCAL, "px"),
    ]
    assert [job.kind for job in jobs] == [
        JobKind.SYNC_PROVIDER,
        JobKind.SYNC_PROVIDER_ACCOUNTS,
        JobKind.VERIFY_CONNECTIVITY,
    ]
    assert all(job.arguments == {"provider_key": "px"} for job in jobs)


@pytest.mark.usefixtures("customer")
def test_a_job_is_cancelled_and_retried(office: BackOffice) -> None:
    job = office.syncs.sync_provider(LOCAL, "px")
    with pytest.raises(Refusal) as refused:
        office.jobs.retry(LOCAL, job.id)
    assert refused.value.code == "JOB_NOT_RETRYABLE"
    assert office.jobs.cancel(LOCAL, job.id).status is JobStatus.CANCELLED
    with pytest.raises(Refusal) as refused:
        office.jobs.cancel(LOCAL, job.id)
    assert refused.value.code == "JOB_NOT_CANCELLABLE"
    assert office.jobs.retry(LOCAL, job.id).status is JobStatus.WAITING


def test_a_changed_schedule_is_in_force_and_in_the_audit_log(office: BackOffice) -> None:
    office.schedule.ensure([ProviderSchedule("px")])
    changed = office.schedules.update(LOCAL, "sync:px", interval_minutes=15)
    assert changed.interval_minutes == 15
    assert changed.next_run_at == office.clock.move(minutes=15)
    [entry] = office.audited("updateScheduledJob")
    assert entry.target_key == "sync:px"
    assert entry.field_changes == (FieldChange("intervalMinutes", "60", "15"),)


def test_a_schedule_that_stays_as_it_is_keeps_its_next_time(office: BackOffice) -> None:
    office.schedule.ensure([ProviderSchedule("px")])
    due = office.schedule.get("sync:px").next_run_at
    same = office.schedules.update(LOCAL, "sync:px", enabled=True, interval_minutes=60)
    assert same.next_run_at == due
    assert office.audited() == []


@pytest.mark.parametrize("minutes", [0, -5, 10**9])
def test_an_interval_that_makes_no_sense_is_refused(office: BackOffice, minutes: int) -> None:
    office.schedule.ensure([ProviderSchedule("px")])
    with pytest.raises(Refusal) as refused:
        office.schedules.update(LOCAL, "sync:px", interval_minutes=minutes)
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", ("intervalMinutes",))
    assert office.audited() == []


def test_an_unknown_scheduled_job_is_not_found(office: BackOffice) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: office.schedules.update(LOCAL, "sync:nowhere", enabled=False),
        lambda: office.schedules.run_now(LOCAL, "sync:nowhere"),
    ]
    for ask in attempts:
        with pytest.raises(Refusal) as refused:
            ask()
        assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("key",))


def test_a_scheduled_job_runs_now_for_whoever_asks(office: BackOffice) -> None:
    office.schedule.ensure([ProviderSchedule("px")])
    caller = Caller("dana", frozenset({Role.PROVISIONING}))
    job = office.schedules.run_now(caller, "sync:px")
    assert (job.kind, job.requested_by) == (JobKind.SYNC_PROVIDER, "dana")


def test_who_lacks_the_role_may_ask_for_nothing(
    office: BackOffice, contract: BillingContract
) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: office.syncs.sync_contract(READER, ContractSyncRequest(contract.id)),
        lambda: office.syncs.sync_provider(READER, "px"),
        lambda: office.syncs.sync_provider_accounts(READER, "px"),
        lambda: office.syncs.verify(READER, "px"),
        lambda: office.jobs.cancel(READER, new_id()),
        lambda: office.jobs.retry(READER, new_id()),
        lambda: office.schedules.run_now(READER, "sync:px"),
    ]
    for ask in attempts:
        with pytest.raises(Forbidden, match="PROVISIONING"):
            ask()
    with pytest.raises(Forbidden, match="ADMIN"):
        office.schedules.update(READER, "sync:px", enabled=False)
