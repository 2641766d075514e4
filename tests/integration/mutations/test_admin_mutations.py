"""Mutations on settings, syncs, jobs and the schedule, over the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.ids import new_id
from seatsync.domain.roles import LOCAL
from seatsync.jobs.timetable import ProviderSchedule

if TYPE_CHECKING:
    from back_office import BackOffice
    from mutation_desk import MutationDesk

UNKNOWN = str(new_id())


def refusal(payload: dict[str, Any]) -> tuple[str, list[str] | None]:
    [error] = payload["userErrors"]
    assert error["message"]
    return error["code"], error["path"]


def test_settings_change_only_where_something_is_given(desk: MutationDesk) -> None:
    fields = (
        "applicationSettings { subscriptionManagement { associateDefaultBillingContract"
        " associateDefaultBillingContractSince } provisioning { providerAccountMatch }"
        " sync { missingThresholdPercent updateCosts } }"
    )
    payload = desk.change(
        "updateApplicationSettings",
        fields,
        subscriptionManagement={"associateDefaultBillingContract": True},
        sync={"missingThresholdPercent": 35, "updateCosts": None},
    )
    assert payload["applicationSettings"] == {
        "subscriptionManagement": {
            "associateDefaultBillingContract": True,
            "associateDefaultBillingContractSince": "2026-05-04T12:00:00+00:00",
        },
        "provisioning": {"providerAccountMatch": False},
        "sync": {"missingThresholdPercent": 35, "updateCosts": True},
    }
    payload = desk.change(
        "updateApplicationSettings", fields, sync={"missingThresholdPercent": 101}
    )
    assert payload["applicationSettings"] is None
    assert refusal(payload) == ("INVALID_INPUT", ["sync", "missingThresholdPercent"])


def test_syncs_are_asked_for_and_jobs_controlled(desk: MutationDesk, office: BackOffice) -> None:
    office.provider()
    account = office.account()
    contract = str(office.contract(account).id)
    fields = "job { id kind status requestedBy }"
    payload = desk.change("syncSubscriptions", fields, billingContractId=contract)
    assert refusal(payload) == ("PROVIDER_ACCOUNT_UNMAPPED", ["billingContractId"])
    office.customer("c-1", account)
    payload = desk.change(
        "syncSubscriptions", fields, billingContractId=contract, subscriptionIds=[UNKNOWN]
    )
    job = payload["job"]
    assert (job["kind"], job["status"], job["requestedBy"]) == (
        "SYNC_SUBSCRIPTIONS",
        "WAITING",
        LOCAL.name,
    )
    payload = desk.change("retryJob", fields, jobId=job["id"])
    assert refusal(payload) == ("JOB_NOT_RETRYABLE", ["jobId"])
    assert desk.change("cancelJob", fields, jobId=job["id"])["job"]["status"] == "CANCELLED"
    payload = desk.change("cancelJob", fields, jobId=job["id"])
    assert refusal(payload) == ("JOB_NOT_CANCELLABLE", ["jobId"])
    assert desk.change("retryJob", fields, jobId=job["id"])["job"]["status"] == "WAITING"


def test_what_is_on_another_contract_is_not_selectable(
    desk: MutationDesk, office: BackOffice
) -> None:
    office.provider()
    account = office.account()
    here, there = office.contract(account, "Here"), office.contract(account, "There")
    one = office.subscription(
        office.customer("c-1", account), account_id=account.id, billing_contract_id=there.id
    )
    payload = desk.change(
        "syncSubscriptions",
        "job { id }",
        billingContractId=str(here.id),
        subscriptionIds=[str(one)],
    )
    assert payload["job"] is None
    assert refusal(payload) == ("NOT_SELECTABLE", ["subscriptionIds", "0"])


@pytest.mark.parametrize(
    ("mutation", "kind"),
    [
        ("syncProvider", "SYNC_PROVIDER"),
        ("syncProviderAccounts", "SYNC_PROVIDER_ACCOUNTS"),
        ("verifyConnectivity", "VERIFY_CONNECTIVITY"),
    ],
)
def test_what_is_asked_of_a_provider_becomes_a_job(
    desk: MutationDesk, office: BackOffice, mutation: str, kind: str
) -> None:
    office.provider()
    assert desk.change(mutation, "job { kind }", providerKey="px")["job"] == {"kind": kind}
    payload = desk.change(mutation, "job { kind }", providerKey="nowhere")
    assert refusal(payload) == ("NOT_FOUND", ["providerKey"])


def test_a_key_that_was_used_with_another_input_is_a_conflict(
    desk: MutationDesk, office: BackOffice
) -> None:
    office.provider()
    first = desk.change("syncProvider", "job { id }", providerKey="px", idempotencyKey="once")
    again = desk.change("syncProvider", "job { id }", providerKey="px", idempotencyKey="once")
    assert again == first
    payload = desk.change(
        "syncProviderAccounts", "job { id }", providerKey="px", idempotencyKey="once"
    )
    assert refusal(payload) == ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])


def test_the_schedule_is_changed_and_run(desk: MutationDesk, office: BackOffice) -> None:
    office.schedule.ensure([ProviderSchedule("px")])
    payload = desk.change(
        "updateScheduledJob",
        "scheduledJob { key enabled intervalMinutes nextRunAt }",
        key="sync:px",
        intervalMinutes=15,
    )
    assert payload["scheduledJob"] == {
        "key": "sync:px",
        "enabled": True,
        "intervalMinutes": 15,
        "nextRunAt": "2026-05-04T12:15:00+00:00",
    }
    payload = desk.change("runScheduledJob", "job { kind }", key="sync:px")
    assert payload["job"] == {"kind": "SYNC_PROVIDER"}
    payload = desk.change("runScheduledJob", "job { kind }", key="sync:nowhere")
    assert refusal(payload) == ("NOT_FOUND", ["key"])
