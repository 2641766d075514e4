"""What every CRM promises its users, the mirror itself among them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from crm_benches import USER, LocalBench, RemoteBench
from crm_sides import MemorySide
from dataverse_side import DataverseSide
from seatsync.domain.contract import ContractStatus
from seatsync.domain.crm import CrmNoun
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from crm_benches import CrmBench


@pytest.fixture(params=["local", "dataverse", "in memory"])
def crm(request: pytest.FixtureRequest, migrated_sqlite_url: str) -> Iterator[CrmBench]:
    """An agent whose provider has a customer with ten seats, with one CRM after the other."""
    mirror = Mirror.open(migrated_sqlite_url)
    bench = _bench(request.param, mirror)
    bench.lab.switch(associate_default_billing_contract=True)
    yield bench
    bench.close()
    mirror.close()


def _bench(name: str, mirror: Mirror) -> CrmBench:
    match name:
        case "local":
            return LocalBench(mirror)
        case "dataverse":
            return RemoteBench(mirror, DataverseSide())
        case _:
            return RemoteBench(mirror, MemorySide())


@pytest.fixture
def account(crm: CrmBench) -> UUID:
    return crm.account("Fig Fictional")


def _synced(crm: CrmBench) -> UUID:
    crm.lab.sync()
    crm.settle()
    return crm.lab.id("s-1")


def _mapped(crm: CrmBench, account: UUID) -> UUID:
    """Sync, and map the customer; return the subscription."""
    subscription = _synced(crm)
    crm.map(crm.lab.customer_id("c-1"), account)
    return subscription


def _shown(crm: CrmBench, subscription: UUID, name: str) -> object:
    return crm.shown(CrmNoun.SUBSCRIPTION)[subscription][name]


def test_it_shows_every_subscription_with_its_seats_and_why_it_is_on_no_contract(
    crm: CrmBench,
) -> None:
    subscription = _synced(crm)
    assert _shown(crm, subscription, "quantity") == 10
    assert _shown(crm, subscription, "unassigned_reason") == "PROVIDER_ACCOUNT_UNMAPPED"


def test_seats_follow_the_provider_and_license_changes_add_up_to_them(crm: CrmBench) -> None:
    subscription = _synced(crm)
    for quantity in (12, 3, 8):
        crm.lab.world.change("s-1", quantity=quantity)
        _synced(crm)
    assert _shown(crm, subscription, "quantity") == 8
    deltas = [one["quantity_delta"] for one in crm.shown(CrmNoun.LICENSE_CHANGE).values()]
    assert sorted(map(int, map(str, deltas))) == [-9, 2, 5, 10]


def test_a_default_that_its_users_flag_is_where_new_subscriptions_land(
    crm: CrmBench, account: UUID
) -> None:
    contract = crm.contract(account)
    _mapped(crm, account)
    crm.flag(contract)
    crm.lab.world.subscription("s-2")
    _synced(crm)
    assert _shown(crm, crm.lab.id("s-2"), "billing_contract_id") == contract


def test_nothing_lands_on_a_default_that_its_users_closed(crm: CrmBench, account: UUID) -> None:
    contract = crm.contract(account, is_default=True)
    crm.close_contract(contract, ContractStatus.INACTIVE)
    subscription = _mapped(crm, account)
    assert _shown(crm, subscription, "billing_contract_id") is None
    assert _shown(crm, subscription, "unassigned_reason") == "NO_DEFAULT_CONTRACT"


def test_a_mapping_sets_the_account_and_decides_what_waited_for_it(
    crm: CrmBench, account: UUID
) -> None:
    contract = crm.contract(account, is_default=True)
    subscription = _mapped(crm, account)
    assert _shown(crm, subscription, "account_id") == account
    assert _shown(crm, subscription, "billing_contract_id") == contract
    assert _shown(crm, subscription, "unassigned_reason") is None


def test_what_its_users_move_stays_where_it_is(crm: CrmBench, account: UUID) -> None:
    crm.contract(account, is_default=True)
    other = crm.contract(account)
    subscription = _mapped(crm, account)
    crm.move(subscription, other)
    crm.lab.world.change("s-1", quantity=11)
    _synced(crm)
    assert _shown(crm, subscription, "billing_contract_id") == other
    crm.move(subscription, None)
    _synced(crm)
    assert _shown(crm, subscription, "billing_contract_id") is None
    assert _shown(crm, subscription, "unassigned_reason") == "UNASSIGNED_BY_USER"


def test_a_price_that_its_users_set_outlives_every_sync(crm: CrmBench, account: UUID) -> None:
    subscription = _mapped(crm, account)
    crm.price(subscription, Decimal("12.5"))
    crm.lab.world.change("s-1", quantity=11)
    _synced(crm)
    assert _shown(crm, subscription, "unit_price_amount") == Decimal("12.5")
    assert _shown(crm, subscription, "unit_price_currency") == "EUR"
    held = crm.lab.subscription("s-1").unit_price
    assert held is not None
    assert held.amount == Decimal("12.5")


def test_the_audit_log_names_whoever_did_it(crm: CrmBench, account: UUID) -> None:
    contract = crm.contract(account)
    subscription = _mapped(crm, account)
    crm.flag(contract)
    crm.move(subscription, contract)
    crm.price(subscription, Decimal(3))
    done = {entry.action: entry.actor for entry in crm.lab.office.audited()}
    assert {
        "mapProviderAccount": USER,
        "setDefaultBillingContract": USER,
        "assignSubscriptions": USER,
        "setSubscriptionPrice": USER,
    }.items() <= done.items()


def test_a_further_round_changes_nothing(crm: CrmBench, account: UUID) -> None:
    crm.contract(account, is_default=True)
    _mapped(crm, account)
    crm.settle()
    before = crm.lab.dump(), {noun: crm.shown(noun) for noun in CrmNoun}
    _synced(crm)
    assert (crm.lab.dump(), {noun: crm.shown(noun) for noun in CrmNoun}) == before
