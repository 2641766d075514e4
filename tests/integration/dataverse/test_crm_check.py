"""`crm check`: the live metadata against what the agent needs, every problem in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.crm import CrmNoun
from seatsync_dataverse.schema import OURS
from seatsync_dataverse.simulator import Kind, TableSketch

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.crm import CrmFinding
    from seatsync_dataverse.crm_schema import DataverseSchema
    from seatsync_dataverse.simulator import Simulator

    Look = Callable[..., DataverseSchema]


def said(findings: list[CrmFinding]) -> dict[str, str]:
    return {finding.where: finding.message for finding in findings}


def test_an_organisation_that_was_never_set_up_lacks_every_table(
    schema: Look, bare: Simulator
) -> None:
    bare.untrack("account")
    bare.forget()
    found = list(schema().check())
    assert said(found) == {
        "account": "change tracking is off",
        **{shape.logical_name: "the table is missing" for shape in OURS.values() if shape.is_ours},
    }
    assert all("seatsync crm setup" in finding.remedy for finding in found)
    assert bare.requests("^/api/", method="(POST|PUT|PATCH|DELETE)") == 0


def test_everything_that_is_wrong_is_told_at_once(schema: Look, org: Simulator) -> None:
    attributes = org.definitions.attributes
    subscription = attributes["syn_subscription"]
    del subscription["syn_term"]
    subscription["syn_name"]["MaxLength"] = 50
    subscription["syn_quantity"]["AttributeType"] = "String"
    subscription["syn_status"]["OptionSet"]["Options"].pop()
    subscription["syn_unitcost"]["Precision"] = 2
    subscription["syn_startsat"]["DateTimeBehavior"] = {"Value": "DateOnly"}
    subscription["syn_partnumber"]["IsValidForUpdate"] = False
    org.untrack("syn_licensechange")
    org.definitions.entities["account"]["IsOptimisticConcurrencyEnabled"] = False
    org.organization.tables["syn_subscription"].keys[0].status = "Failed"
    org.organization.tables["syn_provideraccount"].keys.clear()
    org.organization.relationships[:] = [
        one for one in org.organization.relationships if one.column != "syn_billingcontractid"
    ]
    found = said(list(schema().check()))
    table = "syn_subscription"
    assert found == {
        "account": "optimistic concurrency is off, so that the agent could overwrite what a user"
        " changed",
        "syn_provideraccount": "there is no key over syn_provider, syn_externalid",
        f"{table}.syn_name": "it takes 50 characters, and 400 are needed",
        f"{table}.syn_quantity": "it is a String column and must be BigInt or Integer to hold the"
        " whole number Quantity",
        f"{table}.syn_status": "the choice has no value 482100006 for UNKNOWN",
        f"{table}.syn_partnumber": "the CRM does not let it be written",
        f"{table}.syn_term": "the column is missing",
        f"{table}.syn_startsat": "it keeps days, and instants are needed",
        f"{table}.syn_unitcost": "it keeps 2 decimal places, and 6 are needed",
        f"{table}.syn_billingcontractid": "it refers to nothing and must refer to"
        " syn_billingcontract",
        table: "the key over syn_provider, syn_externalid is Failed, not Active",
        "syn_licensechange": "change tracking is off",
        "syn_changerequest.syn_billingcontractid": "it refers to nothing and must refer to"
        " syn_billingcontract",
    }


def test_every_finding_has_a_remedy(schema: Look, org: Simulator) -> None:
    del org.definitions.attributes["syn_subscription"]["syn_term"]
    assert all(finding.remedy for finding in schema().check())


def test_privileges_that_the_user_lacks_are_named_by_table(schema: Look, org: Simulator) -> None:
    org.access.refused |= {"prvReadAccount", "prvWritesyn_Subscription"}
    found = said(list(schema().check()))
    assert found == {
        "account": "the application user has no organisation-level prvReadAccount",
        "syn_subscription": "the application user has no organisation-level"
        " prvWritesyn_Subscription",
    }


def test_a_mapped_schema_is_compared_by_its_own_names(schema: Look, org: Simulator) -> None:
    org.set_up(
        TableSketch(
            "cr1_Agreement",
            {"cr1_Title": Kind.STRING, "cr1_Billing": {1: "Before"}, "cr1_Holder": "systemuser"},
            longest_text=100,
        )
    )
    mapped = {
        "table": "cr1_agreement",
        "columns": {
            "name": "cr1_title",
            "account_id": "cr1_holder",
            "is_default": "cr1_absent",
            "billing_policy": "cr1_billing",
            "default_for": None,
        },
        "options": {"billing_policy": {"ADVANCE": 1, "ARREARS": 9}},
    }
    found = list(schema(tables={"billing_contract": mapped}).check())
    assert said(found) == {
        "cr1_agreement.cr1_title": "it takes 100 characters, and 400 are needed",
        "cr1_agreement.cr1_holder": "it refers to systemuser and must refer to account",
        "cr1_agreement.cr1_absent": "the column is missing",
        "cr1_agreement.cr1_billing": "the choice has no value 9 for ARREARS",
        "cr1_agreement.syn_billingfrequency": "the column is missing",
        "cr1_agreement.syn_currency": "the column is missing",
        **dict.fromkeys(
            ("syn_changerequest.syn_billingcontractid", "syn_subscription.syn_billingcontractid"),
            "it refers to syn_billingcontract and must refer to cr1_agreement",
        ),
    }
    remedies = {finding.where: finding.remedy for finding in found}
    assert "tables.billing_contract" in remedies["cr1_agreement.cr1_absent"]
    assert "crm setup" in remedies["cr1_agreement.syn_currency"]


@pytest.mark.parametrize("table", ["cr1_nothing"])
def test_a_mapped_table_that_is_missing_is_looked_for_in_the_configuration(
    schema: Look, org: Simulator, table: str
) -> None:
    assert org.rows("account") == []
    [finding] = schema(tables={"license_change": {"table": table}}).check()
    assert (finding.where, finding.message) == (table, "the table is missing")
    assert "tables.license_change" in finding.remedy


def test_a_word_of_the_agents_own_needs_a_value(schema: Look, org: Simulator) -> None:
    assert org.rows("account") == []
    words = {"CREATE": 482100000, "UPDATE": 482100001, "ACTIVATE": 482100002}
    tables = {"license_change": {"options": {"event": words}}}
    [finding] = schema(tables=tables).check()
    assert finding.message == "tables names no value for DEACTIVATE"


def test_the_check_asks_about_each_table_a_few_times(schema: Look, org: Simulator) -> None:
    list(schema().check())
    assert org.requests("^/api/") < 10 * len(CrmNoun) + 20
