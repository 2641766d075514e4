"""The stories of the product, played from the CRM's side: nobody opens anything of the agent's."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
import yaml

from black_box import agent_beside, served_pax8, wait_for, write_config
from crm_lab import CrmLab, crm_lab, section_of
from dataverse_side import DataverseSide
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import provider_account_id, subscription_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROVIDER = "pax8-lab"


@pytest.fixture
def world(tmp_path: Path, migrated_sqlite_url: str) -> Iterator[CrmLab]:
    """An agent between two simulators."""
    del migrated_sqlite_url  # the same file, which need not be migrated for each test
    with crm_lab(tmp_path) as running:
        running.lab.api.switch(landing=True)
        yield running


@pytest.fixture
def account(world: CrmLab) -> UUID:
    """A customer that somebody entered in the CRM."""
    return world.add(CrmNoun.ACCOUNT, name="Fig Fictional", domain="fig-fictional.example")


def _contract(world: CrmLab, account: UUID, **more: object) -> UUID:
    return world.add(
        CrmNoun.BILLING_CONTRACT,
        name="Monthly seats",
        account_id=account,
        billing_policy="ADVANCE",
        billing_frequency="MONTHLY",
        currency="EUR",
        **more,
    )


def _mapped_company(world: CrmLab, account: UUID) -> str:
    """Let the provider have a customer, which a user of the CRM maps to the account."""
    company = world.lab.company("Fig Fictional")
    world.lab.api.read_customers()
    customer = provider_account_id(PROVIDER, company)
    world.comes_to_show(CrmNoun.PROVIDER_ACCOUNT, customer, name="Fig Fictional")
    world.edit(CrmNoun.PROVIDER_ACCOUNT, customer, account_id=account)
    return company


def _pulled(world: CrmLab, contract: UUID, *, is_default: bool) -> None:
    """Wait until the agent knows a contract as the CRM shows it."""
    query = "query C($id: ID!) { billingContract(id: $id) { isDefault } }"
    wait_for(
        lambda: (
            world.lab.api.ask(query, id=str(contract))["billingContract"]
            == {"isDefault": is_default}
        ),
        "the pull of the contract",
    )


def test_a_default_flag_set_in_the_crm_lets_new_subscriptions_land_and_seats_follow(
    world: CrmLab, account: UUID
) -> None:
    contract = _contract(world, account)
    company = _mapped_company(world, account)
    world.edit(CrmNoun.BILLING_CONTRACT, contract, is_default=True)
    _pulled(world, contract, is_default=True)

    external_id = world.lab.licence(company, quantity=7)
    world.lab.api.sync()
    subscription = subscription_id(PROVIDER, external_id)
    world.comes_to_show(
        CrmNoun.SUBSCRIPTION, subscription, quantity=7, billing_contract_id=str(contract)
    )
    world.crm.edit(
        CrmNoun.SUBSCRIPTION,
        subscription,
        unit_price_amount=Decimal("12.5"),
        unit_price_currency="EUR",
    )

    world.lab.pax8.set_quantity(external_id, 9)
    world.lab.api.sync()
    world.comes_to_show(CrmNoun.SUBSCRIPTION, subscription, quantity=9)
    assert world.crm.value(CrmNoun.SUBSCRIPTION, subscription, "unit_price_amount") == Decimal(
        "12.5"
    )
    wait_for(lambda: len(world.crm.ids(CrmNoun.LICENSE_CHANGE)) == 2, "the second license change")
    deltas = [
        world.crm.value(CrmNoun.LICENSE_CHANGE, change, "quantity_delta")
        for change in world.crm.ids(CrmNoun.LICENSE_CHANGE)
    ]
    assert sorted(deltas) == [2, 7]


def test_a_change_request_syncs_a_contract_and_its_row_tells_the_result(
    world: CrmLab, account: UUID
) -> None:
    contract = _contract(world, account)
    company = _mapped_company(world, account)
    external_id = world.lab.licence(company, quantity=4)
    world.lab.api.sync()
    subscription = subscription_id(PROVIDER, external_id)
    world.comes_to_show(
        CrmNoun.SUBSCRIPTION,
        subscription,
        quantity=4,
        billing_contract_id=None,
        unassigned_reason="NO_DEFAULT_CONTRACT",
    )
    world.lab.pax8.set_quantity(external_id, 6)

    request = world.add(
        CrmNoun.CHANGE_REQUEST,
        kind="SYNC",
        billing_contract_id=contract,
        subscriptions=f"{{{subscription}}}",
    )

    world.comes_to_show(CrmNoun.CHANGE_REQUEST, request, state="SUCCEEDED", updated=1, failed=0)
    world.comes_to_show(
        CrmNoun.SUBSCRIPTION, subscription, quantity=6, billing_contract_id=str(contract)
    )
    report = world.crm.value(CrmNoun.CHANGE_REQUEST, request, "report_url")
    lines = world.lab.api.http.get(report[report.index("/reports") :]).text
    assert external_id in lines
    [run] = world.lab.api.ask("{ syncRuns(filter: {trigger: MANUAL}) { nodes { requestedBy } } }")[
        "syncRuns"
    ]["nodes"]
    assert run["requestedBy"] == "Example Person"


def test_a_request_that_the_rules_forbid_fails_and_says_why(world: CrmLab, account: UUID) -> None:
    contract = _contract(world, account)
    request = world.add(CrmNoun.CHANGE_REQUEST, kind="SYNC", billing_contract_id=contract)
    world.comes_to_show(CrmNoun.CHANGE_REQUEST, request, state="FAILED")
    said = world.crm.value(CrmNoun.CHANGE_REQUEST, request, "result")
    assert said.startswith("PROVIDER_ACCOUNT_UNMAPPED: ")


def test_a_default_is_set_by_a_request_and_the_audit_log_names_the_user(
    world: CrmLab, account: UUID
) -> None:
    former = _contract(world, account, is_default=True)
    contract = _contract(world, account)
    request = world.add(CrmNoun.CHANGE_REQUEST, kind="SET_DEFAULT", billing_contract_id=contract)
    world.comes_to_show(CrmNoun.CHANGE_REQUEST, request, state="SUCCEEDED")
    world.comes_to_show(CrmNoun.BILLING_CONTRACT, contract, is_default=True)
    world.comes_to_show(CrmNoun.BILLING_CONTRACT, former, is_default=False)
    log = world.lab.api.ask("{ auditLog { nodes { actor action } } }")["auditLog"]["nodes"]
    done = [entry["actor"] for entry in log if entry["action"] == "setDefaultBillingContract"]
    assert done == ["Example Person", "Example Person"]


def test_what_is_done_over_graphql_shows_in_the_crm(world: CrmLab) -> None:
    account = world.lab.api.account("Made Here")
    contract = world.lab.api.contract(account, "Landing", isDefault=True)
    world.comes_to_show(CrmNoun.ACCOUNT, UUID(account), name="Made Here")
    world.comes_to_show(CrmNoun.BILLING_CONTRACT, UUID(contract), is_default=True, currency="USD")


def test_while_the_crm_is_away_syncs_go_on_and_the_agent_says_since_when_it_is_late(
    world: CrmLab, account: UUID
) -> None:
    company = _mapped_company(world, account)
    with world.crm.away():
        external_id = world.lab.licence(company, quantity=4)
        assert world.lab.api.sync()["outcome"] == "SUCCEEDED"

        def late() -> Any:
            answer = world.lab.api.http.get("/readyz")
            assert answer.status_code == httpx.codes.OK
            return answer.json().get("late", {}).get("crm push")

        told = wait_for(late, "word of the lateness", 60)
        assert told.startswith("late since 20")
        assert "Dataverse" in told
    world.comes_to_show(CrmNoun.SUBSCRIPTION, subscription_id(PROVIDER, external_id), quantity=4)
    wait_for(lambda: late() is None, "the end of the lateness")


def test_a_mirror_that_was_lost_is_rebuilt_from_the_crm_before_anything_is_synced(
    tmp_path: Path,
) -> None:
    crm = DataverseSide()
    with served_pax8() as (pax8, settings):
        company = pax8.add_company("Fig Fictional", website="https://fig-fictional.example")
        product = pax8.add_product("Example Suite", vendorSku="suite:1")
        external_id = pax8.add_subscription(company, product, 7, partnerCost=10)
        subscription = subscription_id(PROVIDER, external_id)
        first = _agent_folder(tmp_path / "first", crm, settings)
        with agent_beside(first) as api:
            api.sync()
            _wait_for_licenses(crm, 1)
            licenses = crm.ids(CrmNoun.LICENSE_CHANGE)

        pax8.set_quantity(external_id, 9)
        anew = _agent_folder(tmp_path / "anew", crm, settings)
        with agent_beside(anew) as api:
            assert api.sync()["counts"] == _updated(1)
            _wait_for_licenses(crm, 2)
            found = api.subscription(external_id)
    assert found["id"] == str(subscription)
    deltas = [change["quantityDelta"] for change in found["licenseChanges"]["nodes"]]
    assert sorted(deltas) == [2, 7]
    assert set(licenses) < set(crm.ids(CrmNoun.LICENSE_CHANGE))
    assert crm.ids(CrmNoun.SUBSCRIPTION) == [subscription]


def _agent_folder(folder: Path, crm: DataverseSide, settings: dict[str, Any]) -> Path:
    folder.mkdir()
    config = write_config(folder, 8365, settings)
    document = yaml.safe_load(config.read_text()) | {"crm": section_of(crm)}
    config.write_text(yaml.safe_dump(document))
    return config


def _wait_for_licenses(crm: DataverseSide, count: int) -> None:
    wait_for(lambda: len(crm.ids(CrmNoun.LICENSE_CHANGE)) == count, "the license changes")


def _updated(count: int) -> dict[str, int]:
    none = ("created", "unchanged", "unassigned", "missing", "failed")
    return {"fetched": count, "updated": count} | dict.fromkeys(none, 0)
