"""`crm setup` on organisations that lack everything, something, nothing, or the permission."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from seatsync.domain.crm import CrmNoun
from seatsync.errors import PermissionMissing, ProviderUnreachable, SetupError
from seatsync.sdk.crm import CrmWrite
from seatsync_dataverse.making import table_of
from seatsync_dataverse.schema import OURS
from seatsync_dataverse.simulator import Kind, TableSketch

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.crm import CrmValue
    from seatsync_dataverse.connection import DataverseConnection
    from seatsync_dataverse.crm_schema import DataverseSchema
    from seatsync_dataverse.simulator import Simulator
    from virtual_time import VirtualTime

    Look = Callable[..., DataverseSchema]

WRITES = "(POST|PUT|PATCH|DELETE)"


def test_what_is_missing_is_made_and_told_and_a_second_run_writes_nothing(
    schema: Look, bare: Simulator, time: VirtualTime
) -> None:
    ours = schema()
    told = list(ours.set_up())
    assert told[:3] == [
        "Made the publisher seatsync.",
        "Made the solution seatsync.",
        "Made the table syn_billingcontract.",
    ]
    assert told[-1] == "Gave the application user the security role seatsync."
    assert "Switched change tracking on for account." in told
    assert sum(time.waits) >= 5, "the indexes of keys are waited for"
    bare.forget()
    assert list(ours.set_up()) == []
    assert bare.requests(method=WRITES) == 0
    assert list(ours.check()) == []


def test_what_set_up_makes_is_enough_without_being_an_administrator(
    schema: Look, bare: Simulator, link: Callable[..., DataverseConnection]
) -> None:
    list(schema().set_up())
    bare.access.withdraw(bare.organization.agent_id, bare.administrator)
    assert list(schema().check()) == []
    assert list(schema().set_up()) == []
    agent = link()
    holder = uuid4()
    agent.write(CrmWrite(CrmNoun.ACCOUNT, holder, {"name": "Example"}, is_create=True))
    values: dict[str, CrmValue] = {
        "provider_key": "pax8",
        "external_id": "C-1",
        "name": "Example",
        "account_id": holder,
        "discovered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    agent.write(CrmWrite(CrmNoun.PROVIDER_ACCOUNT, uuid4(), values, is_create=True))
    for noun in CrmNoun:
        list(agent.changes(noun, None))
    assert agent.user_name(agent.agent_user) == "# seatsync"


def test_a_table_of_an_earlier_version_gets_what_it_lacks(schema: Look, bare: Simulator) -> None:
    list(schema().set_up())
    attributes = bare.definitions.attributes["syn_subscription"]
    del attributes["syn_term"]
    del bare.organization.tables["syn_subscription"].columns["syn_term"]
    status = bare.organization.tables["syn_subscription"].columns["syn_status"]
    options = attributes["syn_status"]["OptionSet"]["Options"]
    missing = options.pop()["Value"]
    del status.options[missing]
    assert list(schema().set_up()) == [
        "Made the column syn_subscription.syn_term.",
        "Added the value Unknown to syn_subscription.syn_status.",
        "Published syn_subscription.",
    ]
    assert status.options[missing] == "Unknown"
    assert list(schema().check()) == []


def test_without_the_right_to_customise_an_administrator_is_told_what_to_make(
    schema: Look, bare: Simulator
) -> None:
    bare.access.refused.add("prvCreateEntity")
    with pytest.raises(PermissionMissing, match="prvCreateEntity") as raised:
        list(schema().set_up())
    remedy = raised.value.remedy or ""
    assert "System Administrator" in remedy
    assert "  - syn_subscription: the table is missing" in remedy
    assert "  - account: change tracking is off" in remedy


def test_without_the_right_to_look_that_is_said_too(schema: Look, bare: Simulator) -> None:
    bare.access.withdraw(bare.organization.agent_id, bare.administrator)
    with pytest.raises(PermissionMissing) as raised:
        list(schema().set_up())
    assert "syn_subscription" in (raised.value.remedy or "")


def agreements(org: Simulator, **more: Any) -> dict[str, Any]:
    """Let the organisation have contracts of its own, and return how they are mapped."""
    columns: dict[str, Any] = {
        "cr1_Title": Kind.STRING,
        "cr1_CustomerId": "account",
        "cr1_Standard": Kind.BOOLEAN,
        "cr1_Billing": {1: "Before", 2: "After"},
        "cr1_Every": {1: "Month", 2: "Quarter", 3: "Year", 4: "Three Years"},
        "cr1_Money": Kind.STRING,
        **more,
    }
    org.set_up(TableSketch("cr1_Agreement", columns, longest_text=400))
    return {
        "table": "cr1_agreement",
        "columns": {
            "name": "cr1_title",
            "account_id": "cr1_customerid",
            "is_default": "cr1_standard",
            "billing_policy": "cr1_billing",
            "billing_frequency": "cr1_every",
            "currency": "cr1_money",
            "default_for": None,
        },
        "options": {
            "billing_policy": {"ADVANCE": 1, "ARREARS": 2},
            "billing_frequency": {"MONTHLY": 1, "QUARTERLY": 2, "ANNUAL": 3, "TRIENNIAL": 4},
        },
    }


def test_an_existing_table_is_used_as_it_is(
    schema: Look, bare: Simulator, link: Callable[..., DataverseConnection]
) -> None:
    tables = {"billing_contract": agreements(bare)}
    before = set(bare.definitions.attributes["cr1_agreement"])
    told = list(schema(tables=tables).set_up())
    assert not any("billingcontract." in line and "Made the table" in line for line in told)
    assert set(bare.definitions.attributes["cr1_agreement"]) == before
    assert list(schema(tables=tables).check()) == []
    agent, made = link(tables=tables), uuid4()
    holder = UUID(bare.add("account", {"name": "Example"}))
    values: dict[str, CrmValue] = {
        "name": "Licences",
        "account_id": holder,
        "is_default": True,
        "billing_policy": "ARREARS",
        "billing_frequency": "ANNUAL",
        "currency": "EUR",
        "status": "INACTIVE",
    }
    agent.write(CrmWrite(CrmNoun.BILLING_CONTRACT, made, values, is_create=True))
    row = bare.row("cr1_agreement", str(made))
    assert row is not None
    assert (row["cr1_billing"], row["statecode"], row["cr1_customerid"]) == (2, 1, str(holder))
    [[record]] = [page.changes for page in agent.changes(CrmNoun.BILLING_CONTRACT, None)]
    assert getattr(record, "values", None) == values


def test_what_is_ours_is_made_in_an_existing_table_where_it_is_missing(
    schema: Look, bare: Simulator
) -> None:
    mapped = agreements(bare)
    del mapped["columns"]["default_for"]
    del mapped["columns"]["account_id"]
    told = list(schema(tables={"billing_contract": mapped}).set_up())
    assert "Made the column cr1_agreement.syn_defaultfor." in told
    assert "Made the lookup cr1_agreement.syn_accountid." in told
    assert list(schema(tables={"billing_contract": mapped}).check()) == []


def test_a_table_that_is_mapped_and_missing_is_never_made(schema: Look, bare: Simulator) -> None:
    mapped = {"billing_contract": {"table": "cr1_agreement"}}
    with pytest.raises(SetupError, match="no table cr1_agreement") as raised:
        list(schema(tables=mapped).set_up())
    assert raised.value.remedy == "Correct tables.billing_contract.table in config.yaml."
    assert "cr1_agreement" not in bare.organization.tables


def test_the_words_of_choices_are_shown_as_people_read_them(bare: Simulator, schema: Look) -> None:
    list(schema().set_up())
    tables = bare.organization.tables
    contract, request = tables["syn_billingcontract"], tables["syn_changerequest"]
    assert list(contract.columns["syn_billingfrequency"].options.values()) == [
        *("Monthly", "Quarterly", "Annual", "Triennial"),
    ]
    assert "Set Default" in request.columns["syn_kind"].options.values()


def test_each_table_has_exactly_one_primary_name() -> None:
    for shape in OURS.values():
        made = table_of(shape)["Attributes"] if shape.is_ours else [{"IsPrimaryName": True}]
        assert sum("IsPrimaryName" in column for column in made) == 1


@pytest.mark.parametrize("lost", [4, 20])
def test_a_step_whose_answer_is_lost_is_not_done_twice(
    schema: Look, bare: Simulator, lost: int
) -> None:
    bare.drop_after_commit("/api/data/", method="POST", nth=lost)
    ours = schema()
    with suppress(ProviderUnreachable):
        list(ours.set_up())
    list(ours.set_up())
    assert list(ours.check()) == []
    made = bare.definitions.entities
    assert sum(name.startswith("syn_") for name in made) == len(OURS) - 1
    assert [row["name"] for row in bare.rows("role")].count("seatsync") == 1
    assert len(bare.rows("solution")) == 1


def test_an_outage_ends_the_set_up_and_the_next_one_goes_on(schema: Look, bare: Simulator) -> None:
    ours = schema()
    steps = ours.set_up()
    told = [next(steps) for _ in range(4)]
    with bare.outage(), pytest.raises(ProviderUnreachable):
        list(steps)
    assert not set(told).intersection(ours.set_up())
    assert list(ours.check()) == []
