"""Mapping provider accounts: what follows, and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.billing import BillingType
from seatsync.domain.change import FieldChange
from seatsync.domain.ids import new_id, provider_account_id
from seatsync.domain.roles import LOCAL, Caller, Role
from seatsync.domain.subscription import UnassignedReason
from seatsync.errors import Forbidden, Refusal
from seatsync.services.manual_subscriptions import NewSubscription
from seatsync.services.setting_changes import SettingEdit

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from back_office import BackOffice

ON = SettingEdit(associate_default_billing_contract=True)
OFF = SettingEdit(associate_default_billing_contract=False)
UNMAPPED = "PROVIDER_ACCOUNT_UNMAPPED"


@pytest.fixture
def customer(office: BackOffice) -> UUID:
    office.provider()
    return office.customer("c-1")


def test_mapping_sets_the_account_on_the_subscriptions(office: BackOffice, customer: UUID) -> None:
    account = office.account()
    one = office.subscription(customer, unassigned_reason="SETTING_DISABLED")
    mapped = office.mappings.map(LOCAL, customer, account.id)
    assert mapped == office.found_customer(customer)
    assert mapped.account_id == account.id
    found = office.found_subscription(one)
    assert found.account_id == account.id
    assert found.unassigned_reason is UnassignedReason.SETTING_DISABLED


def test_mapping_decides_the_landing_that_could_not_be_decided(
    office: BackOffice, customer: UUID
) -> None:
    account = office.account()
    seats = office.contract(account, "Seats", is_default=True)
    usage = office.contract(account, "Usage", is_default=True, default_for=BillingType.USAGE)
    office.settings.update(LOCAL, ON)
    office.clock.move(hours=1)
    ids = [
        office.subscription(customer, kind, unassigned_reason=UNMAPPED, billing_type=kind)
        for kind in ("LICENSE", "USAGE")
    ]
    office.mappings.map(LOCAL, customer, account.id)
    found = [office.found_subscription(one) for one in ids]
    assert [one.billing_contract_id for one in found] == [seats.id, usage.id]
    assert [one.unassigned_reason for one in found] == [None, None]


def test_what_was_discovered_before_the_setting_stays_unassigned(
    office: BackOffice, customer: UUID
) -> None:
    account = office.account()
    office.contract(account, is_default=True)
    one = office.subscription(customer, unassigned_reason=UNMAPPED)
    office.clock.move(hours=1)
    office.settings.update(LOCAL, ON)
    office.mappings.map(LOCAL, customer, account.id)
    found = office.found_subscription(one)
    assert found.billing_contract_id is None
    assert found.unassigned_reason is UnassignedReason.DISCOVERED_BEFORE_SETTING


def test_a_setting_that_is_off_again_lands_nothing(office: BackOffice, customer: UUID) -> None:
    account = office.account()
    office.contract(account, is_default=True)
    office.settings.update(LOCAL, ON)
    one = office.subscription(customer, unassigned_reason=UNMAPPED)
    office.settings.update(LOCAL, OFF)
    office.mappings.map(LOCAL, customer, account.id)
    assert office.found_subscription(one).unassigned_reason is UnassignedReason.SETTING_DISABLED


@pytest.mark.parametrize(
    ("defaults", "reason"),
    [
        (0, UnassignedReason.NO_DEFAULT_CONTRACT),
        (2, UnassignedReason.MULTIPLE_DEFAULT_CONTRACTS),
    ],
)
def test_mapping_never_picks_between_contracts(
    office: BackOffice, customer: UUID, defaults: int, reason: UnassignedReason
) -> None:
    account = office.account()
    for number in range(2):
        office.contract(account, f"Contract {number}")
    if defaults:
        with office.mirror.writing():
            office.mirror.execute("UPDATE billing_contract SET is_default = :yes", {"yes": True})
    office.settings.update(LOCAL, ON)
    one = office.subscription(customer, unassigned_reason=UNMAPPED)
    office.mappings.map(LOCAL, customer, account.id)
    found = office.found_subscription(one)
    assert (found.billing_contract_id, found.unassigned_reason) == (None, reason)


def test_remapping_and_unmapping_never_touch_a_contract(office: BackOffice, customer: UUID) -> None:
    first, second = office.account("Aster Mills"), office.account("Birch Foods")
    contract = office.contract(first)
    office.contract(second, is_default=True)
    office.settings.update(LOCAL, ON)
    one = office.subscription(customer, unassigned_reason="NO_DEFAULT_CONTRACT")
    office.mappings.map(LOCAL, customer, first.id)
    office.assignments.assign(LOCAL, [one], contract.id)
    for account_id in (second.id, None):
        office.mappings.map(LOCAL, customer, account_id)
        found = office.found_subscription(one)
        assert (found.account_id, found.billing_contract_id) == (account_id, contract.id)


def test_the_mapping_and_what_followed_is_in_the_audit_log(
    office: BackOffice, customer: UUID
) -> None:
    account = office.account()
    contract = office.contract(account, is_default=True)
    office.settings.update(LOCAL, ON)
    one = office.subscription(customer, unassigned_reason=UNMAPPED)
    office.mappings.map(LOCAL, customer, account.id)
    changes = {
        entry.target_id: entry.field_changes for entry in office.audited("mapProviderAccount")
    }
    assert changes == {
        customer: (FieldChange("account", None, str(account.id)),),
        one: (
            FieldChange("account", None, str(account.id)),
            FieldChange("billingContract", None, str(contract.id)),
            FieldChange("unassignedReason", UNMAPPED, None),
        ),
    }


def test_mapping_to_the_same_account_again_writes_nothing(
    office: BackOffice, customer: UUID
) -> None:
    account = office.account()
    office.subscription(customer, unassigned_reason="SETTING_DISABLED")
    office.mappings.map(LOCAL, customer, account.id)
    before = office.audited()
    office.mappings.map(LOCAL, customer, account.id)
    assert office.audited() == before


def test_an_unknown_provider_account_or_account_is_not_found(
    office: BackOffice, customer: UUID
) -> None:
    with pytest.raises(Refusal) as refused:
        office.mappings.map(LOCAL, new_id(), None)
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("providerAccountId",))
    with pytest.raises(Refusal) as refused:
        office.mappings.map(LOCAL, customer, new_id())
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("accountId",))


def test_what_is_kept_by_hand_stays_with_its_account(office: BackOffice) -> None:
    account = office.account()
    contract = office.contract(account)
    office.manual.create(LOCAL, NewSubscription(contract.id, "Support", 1))
    by_hand = provider_account_id("manual", str(account.id))
    attempts: list[Callable[[], object]] = [
        lambda: office.mappings.map(LOCAL, by_hand, None),
        lambda: office.mappings.set_sync(LOCAL, by_hand, sync_enabled=True),
    ]
    for refuse in attempts:
        with pytest.raises(Refusal) as refused:
            refuse()
        assert (refused.value.code, refused.value.path) == (
            "INVALID_INPUT",
            ("providerAccountId",),
        )


def test_the_sync_of_a_provider_account_is_switched_and_audited(
    office: BackOffice, customer: UUID
) -> None:
    assert not office.mappings.set_sync(LOCAL, customer, sync_enabled=False).sync_enabled
    office.mappings.set_sync(LOCAL, customer, sync_enabled=False)
    assert not office.found_customer(customer).sync_enabled
    assert office.audited_changes("setProviderAccountSync") == (
        FieldChange("syncEnabled", "true", "false"),
    )


def test_only_provisioning_may_map(office: BackOffice, customer: UUID) -> None:
    caller = Caller("dana", frozenset({Role.BILLING}))
    with pytest.raises(Forbidden, match="PROVISIONING"):
        office.mappings.map(caller, customer, None)
    with pytest.raises(Forbidden, match="PROVISIONING"):
        office.mappings.set_sync(caller, customer, sync_enabled=False)
