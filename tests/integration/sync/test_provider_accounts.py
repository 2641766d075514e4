"""What a provider says about its customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.connectivity import CheckOutcome, ConnectivityCheck
from seatsync.domain.provider import HealthState
from seatsync.domain.report import SyncOutcome
from seatsync.domain.roles import LOCAL
from seatsync.errors import CredentialsRefused, ProviderUnreachable
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from laboratory import Laboratory


def test_a_customer_is_renamed_with_the_provider(lab: Laboratory) -> None:
    lab.world.customer("c-1", "Old name")
    lab.sync()
    lab.world.customer("c-1", "New name", "WWW.New.example")
    lab.sync()
    known = lab.customer("c-1")
    assert (known.name, known.domain) == ("New name", "new.example")


def test_a_rename_keeps_the_mapping_and_the_switch(lab: Laboratory) -> None:
    lab.world.customer("c-1", "Old name")
    lab.sync()
    account = lab.office.account()
    lab.map("c-1", account)
    lab.office.mappings.set_sync(LOCAL, lab.customer_id("c-1"), sync_enabled=False)
    lab.world.customer("c-1", "New name")
    lab.sync()
    known = lab.customer("c-1")
    assert (known.name, known.account_id, known.sync_enabled) == ("New name", account.id, False)


def test_a_new_customer_is_mapped_to_the_one_account_with_its_domain(lab: Laboratory) -> None:
    lab.switch(provider_account_match=True, associate_default_billing_contract=True)
    account = lab.office.accounts.create(LOCAL, name="Aster", domain="Aster.example")
    contract = lab.office.contract(account, is_default=True)
    lab.world.customer("c-1", "Whoever", "aster.EXAMPLE")
    lab.world.subscription("s-1")
    lab.sync()
    assert lab.customer("c-1").account_id == account.id
    assert lab.subscription("s-1").billing_contract_id == contract.id


@pytest.mark.parametrize("accounts", [0, 2])
def test_without_exactly_one_account_of_its_domain_it_stays_unmapped(
    lab: Laboratory, accounts: int
) -> None:
    lab.switch(provider_account_match=True)
    for number in range(accounts):
        lab.office.accounts.create(LOCAL, name=f"Aster {number}", domain="aster.example")
    lab.world.customer("c-1", "Whoever", "aster.example")
    lab.sync()
    assert lab.customer("c-1").account_id is None


def test_with_the_switch_off_nothing_is_matched(lab: Laboratory) -> None:
    lab.office.accounts.create(LOCAL, name="Aster", domain="aster.example")
    lab.world.customer("c-1", "Whoever", "aster.example")
    lab.sync()
    assert lab.customer("c-1").account_id is None


def test_a_customer_that_is_known_is_never_matched_again(lab: Laboratory) -> None:
    lab.office.accounts.create(LOCAL, name="Aster", domain="aster.example")
    lab.world.customer("c-1", "Whoever", "aster.example")
    lab.sync()
    lab.switch(provider_account_match=True)
    lab.world.customer("c-1", "Renamed", "aster.example")
    lab.sync()
    assert lab.customer("c-1").account_id is None


def test_a_customer_that_is_no_longer_listed_says_so_until_it_is(lab: Laboratory) -> None:
    lab.world.customer("c-1")
    lab.world.customer("c-2")
    lab.sync()
    gone = lab.world.customers.pop("c-2")
    lab.sync()
    assert "no longer lists" in (lab.customer("c-2").last_error or "")
    lab.sync()
    assert "no longer lists" in (lab.customer("c-2").last_error or "")
    lab.world.customers["c-2"] = gone
    lab.sync()
    assert lab.customer("c-2").last_error is None


def test_reading_a_customer_for_a_contract_does_not_say_that_it_is_listed(
    lab: Laboratory,
) -> None:
    lab.world.customer("c-1")
    lab.world.customer("c-2")
    lab.sync()
    account = lab.office.account()
    lab.map("c-2", account)
    del lab.world.customers["c-2"]
    lab.sync()
    lab.proceed(lab.office.contract(account).id)
    assert "no longer lists" in (lab.customer("c-2").last_error or "")


def test_an_unreadable_customer_is_a_failure_and_the_others_go_on(lab: Laboratory) -> None:
    lab.world.fill(customers=3, each=1)
    lab.world.unreadable_customers = {"c-2"}
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert "RECORD_UNREADABLE" in lab.failures(run)
    assert lab.knows("s-1-1")
    assert lab.knows("s-3-1")


def test_accounts_can_be_read_without_their_subscriptions(lab: Laboratory) -> None:
    lab.world.fill(customers=3, each=1)
    assert lab.engine.sync_provider_accounts("lab", Control()) == 3
    assert lab.knows("s-1-1") is False
    assert lab.runs() == []


def test_reading_accounts_says_what_it_could_not_read(lab: Laboratory) -> None:
    lab.world.fill(customers=3, each=1)
    lab.world.unreadable_customers = {"c-2"}
    told: list[str | None] = []
    lab.engine.sync_provider_accounts(
        "lab", Control(), lambda _done, _total, message: told.append(message)
    )
    assert told[-1] == "customers read; 1 not, such as: record c-2: no name"


def test_a_fault_while_accounts_are_read_is_raised(lab: Laboratory) -> None:
    lab.world.fill(customers=3, each=1)
    lab.world.faults["customers", 1] = ProviderUnreachable("no answer")
    with pytest.raises(ProviderUnreachable):
        lab.engine.sync_provider_accounts("lab", Control())
    assert lab.customer("c-1").name == "Customer c-1"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (CheckOutcome.PASSED, HealthState.HEALTHY),
        (CheckOutcome.WARNING, HealthState.DEGRADED),
        (CheckOutcome.FAILED, HealthState.FAILED),
    ],
)
def test_verify_stores_the_worst_of_its_stages(
    lab: Laboratory, outcome: CheckOutcome, state: HealthState
) -> None:
    lab.world.checks.append(ConnectivityCheck("consent", outcome, "It ends soon.", "Renew it."))
    health = lab.engine.verify("lab", Control())
    assert (health.state, lab.health()) == (state, state)
    assert [check.name for check in health.checks] == ["configuration", "token", "consent"]


def test_verify_tells_of_a_connection_that_cannot_be_opened(lab: Laboratory) -> None:
    lab.world.refuses_to_connect = CredentialsRefused("the secret has expired", remedy="Renew it.")
    health = lab.engine.verify("lab", Control())
    assert lab.health() is HealthState.FAILED
    [check] = health.checks
    assert (check.outcome, check.remedy) == (CheckOutcome.FAILED, "Renew it.")
