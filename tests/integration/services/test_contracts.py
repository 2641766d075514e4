"""Creating and changing contracts, and the rule about default contracts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.change import FieldChange
from seatsync.domain.contract import ContractStatus
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.ids import new_id
from seatsync.domain.roles import LOCAL, Caller, Role
from seatsync.errors import Forbidden, Refusal
from seatsync.services.contract_changes import ContractEdit, NewContract

if TYPE_CHECKING:
    from back_office import BackOffice
    from seatsync.domain.contract import BillingContract

REPLACE = DefaultWish(replace_existing=True)
INACTIVE = ContractEdit(status=ContractStatus.INACTIVE)
ACTIVE = ContractEdit(status=ContractStatus.ACTIVE)


def force_default(office: BackOffice, contract: BillingContract) -> None:
    """Flag a contract as a default as a CRM would, past the rule."""
    with office.mirror.writing():
        office.mirror.execute(
            "UPDATE billing_contract SET is_default = :yes WHERE id = :id",
            {"yes": True, "id": contract.id},
        )


def defaults(office: BackOffice) -> list[str]:
    return [
        str(row[0])
        for row in office.rows("SELECT name FROM billing_contract WHERE is_default ORDER BY name")
    ]


def test_a_contract_is_created_with_what_the_caller_says(office: BackOffice) -> None:
    account = office.account()
    crm_id = new_id()
    contract = office.contracts.create(
        LOCAL,
        NewContract(
            account.id,
            "Azure",
            id=crm_id,
            is_default=True,
            default_for=BillingType.USAGE,
            billing_policy=BillingPolicy.ARREARS,
            billing_frequency=BillingFrequency.QUARTERLY,
            currency="EUR",
        ),
    )
    assert contract.id == crm_id
    assert office.found_contract(crm_id) == contract
    assert contract.status is ContractStatus.ACTIVE


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        ({"name": " "}, "INVALID_INPUT", ("name",)),
        ({"currency": "usd"}, "INVALID_INPUT", ("currency",)),
        ({"currency": "EURO"}, "INVALID_INPUT", ("currency",)),
        ({"default_for": BillingType.USAGE}, "INVALID_INPUT", ("defaultFor",)),
        ({"account_id": new_id()}, "NOT_FOUND", ("accountId",)),
    ],
)
def test_a_contract_that_breaks_a_rule_is_refused(
    office: BackOffice, wrong: dict[str, Any], code: str, path: tuple[str, ...]
) -> None:
    wanted = replace(NewContract(office.account().id, "Monthly"), **wrong)
    with pytest.raises(Refusal) as refused:
        office.contracts.create(LOCAL, wanted)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert office.rows("SELECT id FROM billing_contract") == []


def test_a_contract_id_that_is_taken_is_refused(office: BackOffice) -> None:
    account = office.account()
    contract = office.contract(account)
    with pytest.raises(Refusal) as refused:
        office.contract(account, "Second", id=contract.id)
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", ("id",))


def test_a_second_default_of_the_same_scope_is_refused(office: BackOffice) -> None:
    account = office.account()
    office.contract(account, "First", is_default=True)
    second = office.contract(account, "Second")
    with pytest.raises(Refusal) as refused:
        office.contracts.set_default(LOCAL, second.id, DefaultWish())
    assert refused.value.code == "DEFAULT_CONTRACT_EXISTS"
    assert defaults(office) == ["First"]
    assert office.audited("setDefaultBillingContract") == []


def test_a_contract_is_not_created_as_a_second_default(office: BackOffice) -> None:
    account = office.account()
    office.contract(account, "First", is_default=True)
    with pytest.raises(Refusal) as refused:
        office.contract(account, "Second", is_default=True)
    assert refused.value.code == "DEFAULT_CONTRACT_EXISTS"
    assert defaults(office) == ["First"]


def test_a_default_is_replaced_in_one_step_when_that_is_asked_for(office: BackOffice) -> None:
    account = office.account()
    first = office.contract(account, "First", is_default=True)
    second = office.contract(account, "Second")
    office.clock.move(hours=1)
    set_default = office.contracts.set_default(LOCAL, second.id, REPLACE)
    assert set_default == office.found_contract(second.id)
    assert defaults(office) == ["Second"]
    changes = {
        entry.target_id: entry.field_changes
        for entry in office.audited("setDefaultBillingContract")
    }
    assert changes == {
        first.id: (FieldChange("isDefault", "true", "false"),),
        second.id: (FieldChange("isDefault", "false", "true"),),
    }


def test_replacing_mends_several_defaults_that_came_from_the_crm(office: BackOffice) -> None:
    account = office.account()
    for name in ("First", "Second", "Third"):
        force_default(office, office.contract(account, name))
    chosen = office.contract(account, "Chosen")
    office.contracts.set_default(LOCAL, chosen.id, REPLACE)
    assert defaults(office) == ["Chosen"]


def test_one_of_several_defaults_is_not_confirmed_without_replacing(office: BackOffice) -> None:
    account = office.account()
    contracts = [office.contract(account, name) for name in ("First", "Second")]
    for contract in contracts:
        force_default(office, contract)
    with pytest.raises(Refusal) as refused:
        office.contracts.set_default(LOCAL, contracts[0].id, DefaultWish())
    assert refused.value.code == "DEFAULT_CONTRACT_EXISTS"
    office.contracts.set_default(LOCAL, contracts[0].id, REPLACE)
    assert defaults(office) == ["First"]


def test_defaults_of_different_scopes_stand_beside_each_other(office: BackOffice) -> None:
    account = office.account()
    office.contract(account, "Any", is_default=True)
    usage = office.contract(account, "Usage")
    office.contracts.set_default(LOCAL, usage.id, DefaultWish(narrowed_to=BillingType.USAGE))
    office.contract(account, "Seats", is_default=True, default_for=BillingType.LICENSE)
    assert defaults(office) == ["Any", "Seats", "Usage"]
    assert office.found_contract(usage.id).default_for is BillingType.USAGE


def test_defaults_of_another_account_do_not_count(office: BackOffice) -> None:
    office.contract(office.account("Birch Foods"), is_default=True)
    contract = office.contract(office.account())
    assert office.contracts.set_default(LOCAL, contract.id, DefaultWish()).is_default


def test_an_inactive_contract_cannot_become_the_default(office: BackOffice) -> None:
    contract = office.contract(office.account())
    office.contracts.update(LOCAL, contract.id, INACTIVE)
    with pytest.raises(Refusal) as refused:
        office.contracts.set_default(LOCAL, contract.id, DefaultWish())
    assert (refused.value.code, refused.value.path) == (
        "CONTRACT_INACTIVE",
        ("billingContractId",),
    )


def test_only_active_defaults_stand_in_the_way(office: BackOffice) -> None:
    account = office.account()
    first = office.contract(account, "First", is_default=True)
    second = office.contract(account, "Second")
    office.contracts.update(LOCAL, first.id, INACTIVE)
    office.contracts.set_default(LOCAL, second.id, DefaultWish())
    with pytest.raises(Refusal) as refused:
        office.contracts.update(LOCAL, first.id, ACTIVE)
    assert refused.value.code == "DEFAULT_CONTRACT_EXISTS"


def test_clearing_the_flag_clears_its_narrowing_too(office: BackOffice) -> None:
    contract = office.contract(office.account(), is_default=True, default_for=BillingType.USAGE)
    cleared = office.contracts.set_default(LOCAL, contract.id, DefaultWish(is_default=False))
    assert (cleared.is_default, cleared.default_for) == (False, None)
    assert office.audited_changes("setDefaultBillingContract") == (
        FieldChange("isDefault", "true", "false"),
        FieldChange("defaultFor", "USAGE", None),
    )


def test_setting_what_is_set_already_writes_nothing(office: BackOffice) -> None:
    contract = office.contract(office.account(), is_default=True)
    office.contracts.set_default(LOCAL, contract.id, DefaultWish())
    office.contracts.update(LOCAL, contract.id, ContractEdit(name=contract.name))
    assert [entry.action for entry in office.audited()] == [
        "createAccount",
        "createBillingContract",
    ]


def test_an_unknown_contract_cannot_become_the_default(office: BackOffice) -> None:
    with pytest.raises(Refusal) as refused:
        office.contracts.set_default(LOCAL, new_id(), DefaultWish())
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("billingContractId",))


def test_an_unknown_contract_cannot_be_changed(office: BackOffice) -> None:
    with pytest.raises(Refusal) as refused:
        office.contracts.update(LOCAL, new_id(), ACTIVE)
    assert (refused.value.code, refused.value.path) == ("NOT_FOUND", ("billingContractId",))


def test_only_what_is_given_changes_on_a_contract(office: BackOffice) -> None:
    contract = office.contract(office.account())
    edit = ContractEdit(billing_frequency=BillingFrequency.ANNUAL, currency="EUR")
    changed = office.contracts.update(LOCAL, contract.id, edit)
    assert changed == replace(contract, billing_frequency=BillingFrequency.ANNUAL, currency="EUR")
    assert office.found_contract(contract.id) == changed
    assert office.audited_changes("updateBillingContract") == (
        FieldChange("billingFrequency", "MONTHLY", "ANNUAL"),
        FieldChange("currency", "USD", "EUR"),
    )


@pytest.mark.parametrize("edit", [ContractEdit(name=" "), ContractEdit(currency="eur")])
def test_a_contract_is_not_changed_to_what_breaks_a_rule(
    office: BackOffice, edit: ContractEdit
) -> None:
    contract = office.contract(office.account())
    with pytest.raises(Refusal, match="must"):
        office.contracts.update(LOCAL, contract.id, edit)
    assert office.found_contract(contract.id) == contract


def test_two_requests_at_once_do_not_leave_two_defaults(office: BackOffice) -> None:
    account = office.account()
    contracts = [office.contract(account, f"Contract {n}") for n in range(4)]
    start = Barrier(len(contracts))

    def ask(contract: BillingContract) -> str:
        start.wait()
        try:
            office.contracts.set_default(LOCAL, contract.id, DefaultWish())
        except Refusal as refused:
            return refused.code
        finally:
            office.mirror.close()
        return "done"

    with ThreadPoolExecutor(len(contracts)) as pool:
        answers = sorted(pool.map(ask, contracts))
    assert answers == ["DEFAULT_CONTRACT_EXISTS"] * 3 + ["done"]
    assert len(defaults(office)) == 1


def test_replacing_at_once_leaves_one_default(office: BackOffice) -> None:
    account = office.account()
    contracts = [office.contract(account, f"Contract {n}") for n in range(4)]
    start = Barrier(len(contracts))

    def ask(contract: BillingContract) -> None:
        start.wait()
        try:
            office.contracts.set_default(LOCAL, contract.id, REPLACE)
        finally:
            office.mirror.close()

    with ThreadPoolExecutor(len(contracts)) as pool:
        list(pool.map(ask, contracts))
    assert len(defaults(office)) == 1


def test_only_billing_may_change_contracts(office: BackOffice) -> None:
    contract = office.contract(office.account())
    caller = Caller("dana", frozenset({Role.PROVISIONING}))
    with pytest.raises(Forbidden, match="BILLING"):
        office.contracts.set_default(caller, contract.id, DefaultWish())
    with pytest.raises(Forbidden, match="BILLING"):
        office.contracts.update(caller, contract.id, INACTIVE)
