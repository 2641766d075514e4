"""Discovery, over HTTP alone: what happens to a subscription that the mirror does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from black_box import Lab


def test_a_new_subscription_is_created_with_its_account_and_an_initial_license_change(
    world: Lab,
) -> None:
    account = world.api.account("Fig Fictional")
    company = world.company("Fig Fictional", account)
    external_id = world.licence(company, quantity=7)

    run = world.api.sync()

    found = world.api.subscription(external_id)
    assert run["outcome"] == "SUCCEEDED"
    assert run["counts"]["created"] == 1
    assert found["account"]["id"] == account
    assert found["providerAccount"]["externalId"] == company
    assert [(c["event"], c["quantityDelta"]) for c in found["licenseChanges"]["nodes"]] == [
        ("CREATE", 7)
    ]
    assert [entry["change"] for entry in world.api.report()] == ["CREATED"]


def test_it_lands_on_the_one_active_default_contract(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account, "Other")
    contract = world.api.contract(account, "Landing", isDefault=True)
    world.api.switch(landing=True)
    external_id = world.licence(world.company("Fig Fictional", account))

    run = world.api.sync()

    found = world.api.subscription(external_id)
    assert found["billingContract"]["id"] == contract
    assert found["unassignedReason"] is None
    assert run["counts"]["unassigned"] == 0
    assert world.api.report()[0]["billingContract"]["id"] == contract


def test_with_the_setting_off_it_stays_unassigned_and_says_so(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account, isDefault=True)
    external_id = world.licence(world.company("Fig Fictional", account))

    run = world.api.sync()

    assert world.api.subscription(external_id)["unassignedReason"] == "SETTING_DISABLED"
    assert run["counts"]["unassigned"] == 1
    assert world.api.report()[0]["unassignedReason"] == "SETTING_DISABLED"


def test_the_setting_is_the_first_reason_even_where_the_account_is_unmapped(world: Lab) -> None:
    external_id = world.licence(world.company("Fig Fictional"))

    world.api.sync()

    assert world.api.subscription(external_id)["unassignedReason"] == "SETTING_DISABLED"


def test_without_a_mapped_account_it_stays_unassigned(world: Lab) -> None:
    world.api.switch(landing=True)
    external_id = world.licence(world.company("Fig Fictional"))

    world.api.sync()

    found = world.api.subscription(external_id)
    assert found["unassignedReason"] == "PROVIDER_ACCOUNT_UNMAPPED"
    assert found["account"] is None


def test_without_a_default_contract_it_stays_unassigned(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account)
    world.api.switch(landing=True)
    external_id = world.licence(world.company("Fig Fictional", account))

    world.api.sync()

    assert world.api.subscription(external_id)["unassignedReason"] == "NO_DEFAULT_CONTRACT"


def test_an_inactive_default_does_not_count(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    contract = world.api.contract(account, isDefault=True)
    world.api.change("updateBillingContract", billingContractId=contract, status="INACTIVE")
    world.api.switch(landing=True)
    external_id = world.licence(world.company("Fig Fictional", account))

    world.api.sync()

    assert world.api.subscription(external_id)["unassignedReason"] == "NO_DEFAULT_CONTRACT"


def test_two_defaults_leave_it_unassigned(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account, "First", isDefault=True)
    world.crm_marks_default(world.api.contract(account, "Second"))
    world.api.switch(landing=True)
    external_id = world.licence(world.company("Fig Fictional", account))

    world.api.sync()

    found = world.api.subscription(external_id)
    assert found["unassignedReason"] == "MULTIPLE_DEFAULT_CONTRACTS"
    assert found["billingContract"] is None
    assert [e["account"]["id"] for e in world.api.exceptions("MULTIPLE_DEFAULT_CONTRACTS")] == [
        account
    ]


def test_usage_lands_on_the_contract_narrowed_to_usage_and_licences_on_the_other(
    world: Lab,
) -> None:
    account = world.api.account("Fig Fictional")
    general = world.api.contract(account, "Licences", isDefault=True)
    arrears = world.api.contract(
        account, "Usage", isDefault=True, defaultFor="USAGE", billingPolicy="ARREARS"
    )
    world.api.switch(landing=True)
    company = world.company("Fig Fictional", account)
    licence, usage = world.licence(company), world.usage(company)

    world.api.sync()

    assert world.api.subscription(usage)["billingType"] == "USAGE"
    assert world.api.subscription(usage)["billingContract"]["id"] == arrears
    assert world.api.subscription(licence)["billingContract"]["id"] == general


def test_a_default_narrowed_to_another_type_does_not_count(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account, "Usage", isDefault=True, defaultFor="USAGE")
    world.api.switch(landing=True)
    external_id = world.licence(world.company("Fig Fictional", account))

    world.api.sync()

    assert world.api.subscription(external_id)["unassignedReason"] == "NO_DEFAULT_CONTRACT"


def test_existing_subscriptions_stay_where_they_are_when_the_setting_goes_on(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    external_id = world.licence(world.company("Fig Fictional", account))
    world.api.sync()

    world.api.contract(account, isDefault=True)
    world.api.switch(landing=True)
    run = world.api.sync()

    found = world.api.subscription(external_id)
    assert found["billingContract"] is None
    assert found["unassignedReason"] == "SETTING_DISABLED"
    assert run["counts"]["updated"] == 0


def test_changing_a_default_flag_does_not_reach_back(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    contract = world.api.contract(account)
    world.api.switch(landing=True)
    external_id = world.licence(world.company("Fig Fictional", account))
    world.api.sync()

    world.api.change("setDefaultBillingContract", billingContractId=contract)
    world.api.sync()

    assert world.api.subscription(external_id)["unassignedReason"] == "NO_DEFAULT_CONTRACT"


def test_mapping_decides_the_landing_of_what_was_discovered_unmapped(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    contract = world.api.contract(account, isDefault=True)
    world.api.switch(landing=True)
    company = world.company("Fig Fictional")
    external_id = world.licence(company)
    world.api.sync()

    world.api.map(company, account)

    found = world.api.subscription(external_id)
    assert found["account"]["id"] == account
    assert found["billingContract"]["id"] == contract
    assert found["unassignedReason"] is None


def test_mapping_does_not_land_what_was_discovered_before_the_setting(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account, isDefault=True)
    world.api.switch(landing=True)
    company = world.company("Fig Fictional")
    external_id = world.licence(company)
    world.api.sync()
    world.api.switch(landing=False)
    world.api.switch(landing=True)

    world.api.map(company, account)

    found = world.api.subscription(external_id)
    assert found["billingContract"] is None
    assert found["unassignedReason"] == "DISCOVERED_BEFORE_SETTING"


def test_mapping_while_the_setting_is_off_lands_nothing(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    world.api.contract(account, isDefault=True)
    world.api.switch(landing=True)
    company = world.company("Fig Fictional")
    external_id = world.licence(company)
    world.api.sync()
    world.api.switch(landing=False)

    world.api.map(company, account)

    assert world.api.subscription(external_id)["unassignedReason"] == "SETTING_DISABLED"


def test_unmapping_never_touches_a_contract_assignment(world: Lab) -> None:
    account = world.api.account("Fig Fictional")
    contract = world.api.contract(account, isDefault=True)
    world.api.switch(landing=True)
    company = world.company("Fig Fictional", account)
    external_id = world.licence(company)
    world.api.sync()

    world.api.map(company, None)
    world.api.sync()

    assert world.api.subscription(external_id)["billingContract"]["id"] == contract


def test_new_provider_accounts_map_to_the_one_account_with_their_domain_if_so_set(
    world: Lab,
) -> None:
    payload = world.api.change(
        "createAccount", "account { id }", name="Fig", domain="fig-fictional.example"
    )
    world.api.change("updateApplicationSettings", provisioning={"providerAccountMatch": True})
    external_id = world.licence(world.company("Fig Fictional"))

    world.api.sync()

    assert world.api.subscription(external_id)["account"]["id"] == payload["account"]["id"]
