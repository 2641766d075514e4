"""Subscriptions that are kept by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.billing import BillingType
from seatsync.domain.change import FieldChange
from seatsync.domain.contract import ContractStatus
from seatsync.domain.ids import new_id
from seatsync.domain.roles import LOCAL, Caller, Role
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import Forbidden, Refusal
from seatsync.services.contract_changes import ContractEdit
from seatsync.services.manual_subscriptions import NewSubscription, SubscriptionEdit

if TYPE_CHECKING:
    from uuid import UUID

    from back_office import BackOffice
    from seatsync.domain.contract import BillingContract

CANCELLED = SubscriptionEdit(status=SubscriptionStatus.CANCELLED)


@pytest.fixture
def contract(office: BackOffice) -> BillingContract:
    return office.contract(office.account())


def log(office: BackOffice) -> list[tuple[Any, ...]]:
    return office.rows(
        "SELECT event, quantity_delta, quantity_after FROM license_change ORDER BY id"
    )


def deltas_add_up(office: BackOffice, one: UUID) -> bool:
    [(total,)] = office.rows("SELECT SUM(quantity_delta) FROM license_change")
    return bool(total == office.found_subscription(one).quantity)


def test_a_manual_subscription_stands_on_its_contract_under_the_provider_manual(
    office: BackOffice, contract: BillingContract
) -> None:
    crm_id = new_id()
    created = office.manual.create(
        LOCAL,
        NewSubscription(
            contract.id,
            "Backup",
            5,
            id=crm_id,
            billing_type=BillingType.USAGE,
            part_number=" BK-1 ",
            starts_at=office.clock.now(),
        ),
    )
    assert created == office.found_subscription(crm_id)
    assert (created.provider_key, created.external_id) == ("manual", str(crm_id))
    assert (created.account_id, created.billing_contract_id) == (contract.account_id, contract.id)
    assert (created.quantity, created.status, created.part_number) == (
        5,
        SubscriptionStatus.ACTIVE,
        "BK-1",
    )
    assert log(office) == [("CREATE", 5, 5)]


def test_an_account_has_one_provider_account_for_all_that_is_kept_by_hand(
    office: BackOffice, contract: BillingContract
) -> None:
    for name in ("Backup", "Support"):
        office.manual.create(LOCAL, NewSubscription(contract.id, name, 1))
    [(account_id, external_id, sync_enabled)] = [
        (office.found_customer(one.provider_account_id).account_id, *row)
        for one, row in zip(
            [office.manual.create(LOCAL, NewSubscription(contract.id, "Third", 1))],
            office.rows("SELECT external_id, sync_enabled FROM provider_account"),
            strict=True,
        )
    ]
    assert (account_id, external_id) == (contract.account_id, str(contract.account_id))
    assert not sync_enabled


def test_a_manual_subscription_is_created_with_an_audit_entry(
    office: BackOffice, contract: BillingContract
) -> None:
    created = office.manual.create(LOCAL, NewSubscription(contract.id, "Backup", 5))
    [entry] = office.audited("createSubscription")
    assert entry.target_id == created.id
    assert FieldChange("quantity", None, "5") in entry.field_changes


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        ({"quantity": -1}, "INVALID_INPUT", ("quantity",)),
        ({"name": ""}, "INVALID_INPUT", ("name",)),
        ({"billing_contract_id": new_id()}, "NOT_FOUND", ("billingContractId",)),
    ],
)
def test_a_manual_subscription_that_breaks_a_rule_is_refused(
    office: BackOffice,
    contract: BillingContract,
    wrong: dict[str, Any],
    code: str,
    path: tuple[str, ...],
) -> None:
    with pytest.raises(Refusal) as refused:
        office.manual.create(LOCAL, replace(NewSubscription(contract.id, "Backup", 5), **wrong))
    assert (refused.value.code, refused.value.path) == (code, path)
    assert office.rows("SELECT key FROM provider") == []


def test_a_manual_subscription_needs_an_active_contract(
    office: BackOffice, contract: BillingContract
) -> None:
    office.contracts.update(LOCAL, contract.id, ContractEdit(status=ContractStatus.INACTIVE))
    with pytest.raises(Refusal) as refused:
        office.manual.create(LOCAL, NewSubscription(contract.id, "Backup", 5))
    assert refused.value.code == "CONTRACT_INACTIVE"


def test_a_subscription_id_that_is_taken_is_refused(
    office: BackOffice, contract: BillingContract
) -> None:
    created = office.manual.create(LOCAL, NewSubscription(contract.id, "Backup", 5))
    with pytest.raises(Refusal) as refused:
        office.manual.create(LOCAL, NewSubscription(contract.id, "Other", 1, id=created.id))
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", ("id",))
    assert log(office) == [("CREATE", 5, 5)]


def test_quantity_changes_are_logged_like_any_other(
    office: BackOffice, contract: BillingContract
) -> None:
    one = office.manual.create(LOCAL, NewSubscription(contract.id, "Backup", 5)).id
    office.manual.update(LOCAL, one, SubscriptionEdit(quantity=8))
    office.manual.update(LOCAL, one, CANCELLED)
    office.manual.update(LOCAL, one, SubscriptionEdit(status=SubscriptionStatus.ACTIVE, quantity=3))
    assert log(office) == [
        ("CREATE", 5, 5),
        ("UPDATE", 3, 8),
        ("DEACTIVATE", -8, 0),
        ("ACTIVATE", 3, 3),
    ]
    assert deltas_add_up(office, one)


def test_a_change_of_a_manual_subscription_is_audited(
    office: BackOffice, contract: BillingContract
) -> None:
    one = office.manual.create(LOCAL, NewSubscription(contract.id, "Backup", 5)).id
    office.manual.update(LOCAL, one, SubscriptionEdit(name="Backup Plus", quantity=6))
    office.manual.update(LOCAL, one, SubscriptionEdit(quantity=6))
    assert office.audited_changes("updateSubscription") == (
        FieldChange("name", "Backup", "Backup Plus"),
        FieldChange("quantity", "5", "6"),
    )


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (SubscriptionEdit(quantity=-1), ("quantity",)),
        (SubscriptionEdit(name=" "), ("name",)),
        (replace(CANCELLED, quantity=2), ("quantity",)),
    ],
)
def test_a_manual_subscription_is_not_changed_to_what_breaks_a_rule(
    office: BackOffice, contract: BillingContract, edit: SubscriptionEdit, path: tuple[str, ...]
) -> None:
    created = office.manual.create(LOCAL, NewSubscription(contract.id, "Backup", 5))
    with pytest.raises(Refusal) as refused:
        office.manual.update(LOCAL, created.id, edit)
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", path)
    assert office.found_subscription(created.id) == created


def test_subscriptions_of_automatic_providers_are_not_changed_by_hand(office: BackOffice) -> None:
    office.provider()
    one = office.subscription(office.customer(), unassigned_reason="SETTING_DISABLED")
    with pytest.raises(Refusal) as refused:
        office.manual.update(LOCAL, one, SubscriptionEdit(quantity=1))
    assert (refused.value.code, refused.value.path) == ("NOT_MANUAL", ("subscriptionId",))
    assert office.found_subscription(one).quantity == 10


def test_an_unknown_subscription_cannot_be_changed(office: BackOffice) -> None:
    with pytest.raises(Refusal) as refused:
        office.manual.update(LOCAL, new_id(), CANCELLED)
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("subscriptionId",))


def test_manual_subscriptions_take_part_in_moves(
    office: BackOffice, contract: BillingContract
) -> None:
    one = office.manual.create(LOCAL, NewSubscription(contract.id, "Backup", 5)).id
    [moved] = office.assignments.assign(LOCAL, [one], None)
    assert moved.billing_contract_id is None
    [moved] = office.assignments.assign(LOCAL, [one], contract.id)
    assert moved.billing_contract_id == contract.id


def test_only_billing_may_keep_subscriptions_by_hand(
    office: BackOffice, contract: BillingContract
) -> None:
    caller = Caller("dana", frozenset({Role.PROVISIONING}))
    with pytest.raises(Forbidden, match="BILLING"):
        office.manual.create(caller, NewSubscription(contract.id, "Backup", 5))
    with pytest.raises(Forbidden, match="BILLING"):
        office.manual.update(caller, new_id(), CANCELLED)
