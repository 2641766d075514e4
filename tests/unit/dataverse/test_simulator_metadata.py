"""The simulated Dataverse is set up by metadata as documented: tables and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sample_metadata import (
    KEY,
    SOLUTION,
    TABLE,
    TYPE,
    column,
    label,
    lookup,
    order,
    publish,
    values,
)
from simulated_crm import error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        publish(crm)
        yield crm


@pytest.fixture
def made(crm: SimulatedCrm) -> SimulatedCrm:
    assert crm.send("POST", "EntityDefinitions", order(), **SOLUTION).status_code == 204
    return crm


def test_a_new_table_is_named_by_its_metadata_identifier(crm: SimulatedCrm) -> None:
    answer = crm.send("POST", "EntityDefinitions", order(), **SOLUTION)
    assert (answer.status_code, answer.content) == (204, b"")
    place = answer.headers["OData-EntityId"]
    assert "EntityDefinitions(" in place
    assert crm.get(f"{place}?$select=LogicalName").json()["LogicalName"] == "sam_order"


def test_the_names_of_a_table_are_read_from_its_definition(made: SimulatedCrm) -> None:
    wanted = "LogicalName,EntitySetName,PrimaryIdAttribute,PrimaryNameAttribute"
    flags = "ChangeTrackingEnabled,IsOptimisticConcurrencyEnabled"
    definition = made.get(f"{TABLE}?$select={wanted},{flags}").json()
    del definition["@odata.context"], definition["MetadataId"]
    assert definition == {
        "LogicalName": "sam_order",
        "EntitySetName": "sam_orders",
        "PrimaryIdAttribute": "sam_orderid",
        "PrimaryNameAttribute": "sam_name",
        "ChangeTrackingEnabled": True,
        "IsOptimisticConcurrencyEnabled": True,
    }


@pytest.mark.parametrize(
    ("schema", "set_name"),
    [("sam_Policy", "sam_policies"), ("sam_Address", "sam_addresses"), ("sam_Day", "sam_days")],
)
def test_the_name_of_a_set_is_no_simple_plural(
    crm: SimulatedCrm, schema: str, set_name: str
) -> None:
    crm.send("POST", "EntityDefinitions", order(SchemaName=schema))
    assert crm.get(set_name).status_code == 200


def test_rows_of_a_new_table_can_be_written_and_tracked(made: SimulatedCrm) -> None:
    body = {"sam_name": "One", "sam_price": 3, "sam_day": "2026-03-01", "sam_kind": 2}
    assert made.send("POST", "sam_orders", body).status_code == 204
    page = made.get("sam_orders?$select=sam_day,sam_kind,sam_price", "odata.track-changes").json()
    assert page["value"][0]["sam_day"] == "2026-03-01"
    assert "@odata.deltaLink" in page
    assert error_of(made.send("POST", "sam_orders", {"sam_kind": 3})) == (400, "0x8004431a")
    assert error_of(made.send("POST", "sam_orders", {"sam_number": "1" * 21}))[0] == 400


@pytest.mark.parametrize(
    "attributes",
    [
        [],
        [column("String", "sam_Name")],
        [column("String", name, IsPrimaryName=True) for name in ("sam_Name", "sam_Other")],
    ],
)
def test_a_table_has_exactly_one_primary_name(
    crm: SimulatedCrm, attributes: list[dict[str, Any]]
) -> None:
    answer = crm.send("POST", "EntityDefinitions", order(Attributes=attributes))
    assert answer.status_code == 400
    assert crm.get(f"{TABLE}").status_code == 404


def test_a_table_is_not_made_twice(made: SimulatedCrm) -> None:
    assert error_of(made.send("POST", "EntityDefinitions", order())) == (400, "0x80047010")


def test_a_table_that_has_a_column_of_no_known_type_is_not_made(crm: SimulatedCrm) -> None:
    bad = [column("String", "sam_Name", IsPrimaryName=True), column("Wish", "sam_Wish")]
    assert crm.send("POST", "EntityDefinitions", order(Attributes=bad)).status_code == 400
    assert crm.get(TABLE).status_code == 404


def test_a_name_begins_with_the_prefix_of_the_solutions_publisher(crm: SimulatedCrm) -> None:
    answer = crm.send("POST", "EntityDefinitions", order(SchemaName="oth_Order"), **SOLUTION)
    assert answer.status_code == 400
    unknown = {"MSCRM.SolutionUniqueName": "Unknown"}
    assert crm.send("POST", "EntityDefinitions", order(), **unknown).status_code == 400


def test_what_is_made_for_a_solution_is_one_of_its_components(made: SimulatedCrm) -> None:
    made.send("POST", f"{TABLE}/Attributes", column("Integer", "sam_Count"), **SOLUTION)
    made.send("POST", "RelationshipDefinitions", lookup(), **SOLUTION)
    made.send("POST", f"{TABLE}/Keys", KEY, **SOLUTION)
    kinds = [row["componenttype"] for row in made.simulator.rows("solutioncomponent")]
    assert kinds == [1, 2, 10, 14]


def test_a_column_can_be_added_once(made: SimulatedCrm) -> None:
    body = column("Integer", "sam_Count", MinValue=0, MaxValue=10)
    assert made.send("POST", f"{TABLE}/Attributes", body).status_code == 204
    assert made.send("POST", "sam_orders", {"sam_count": 5}).status_code == 204
    assert made.send("POST", "sam_orders", {"sam_count": 11}).status_code == 400
    assert made.send("POST", f"{TABLE}/Attributes", body).status_code == 400


def test_rows_from_before_have_nothing_in_a_new_column(made: SimulatedCrm) -> None:
    made.send("POST", "sam_orders", {"sam_name": "Old"})
    made.send("POST", f"{TABLE}/Attributes", column("Integer", "sam_Count"))
    assert values(made.get("sam_orders?$select=sam_count"))[0]["sam_count"] is None


def test_columns_are_listed_with_what_is_common_to_all(made: SimulatedCrm) -> None:
    listed = values(made.get(f"{TABLE}/Attributes?$select=LogicalName,AttributeType"))
    kinds = {item["LogicalName"]: item["AttributeType"] for item in listed}
    assert kinds["sam_price"] == "Money"
    assert kinds["sam_orderid"] == "Uniqueidentifier"
    assert {"createdon", "_modifiedby_value"[1:-6], "statecode", "versionnumber"} <= set(kinds)
    assert all("@odata.type" in item for item in listed)
    assert made.get(f"{TABLE}/Attributes?$select=MaxLength").status_code == 400


def test_what_belongs_to_a_type_is_selected_by_a_cast(made: SimulatedCrm) -> None:
    cast = f"{TABLE}/Attributes/{TYPE}StringAttributeMetadata?$select=LogicalName,MaxLength"
    lengths = {item["LogicalName"]: item["MaxLength"] for item in values(made.get(cast))}
    assert lengths == {"sam_name": 200, "sam_number": 20}


def test_options_come_only_where_they_are_expanded(made: SimulatedCrm) -> None:
    one = f"{TABLE}/Attributes(LogicalName='sam_kind')/{TYPE}PicklistAttributeMetadata"
    assert "OptionSet" not in made.get(one).json()
    shown = made.get(f"{one}?$select=LogicalName&$expand=OptionSet").json()
    assert [option["Value"] for option in shown["OptionSet"]["Options"]] == [1, 2]


def test_an_option_can_be_added(made: SimulatedCrm) -> None:
    body = {
        "EntityLogicalName": "sam_order",
        "AttributeLogicalName": "sam_kind",
        "Value": 3,
        "Label": label("Late"),
    }
    assert made.send("POST", "InsertOptionValue", body).json()["NewOptionValue"] == 3
    assert made.send("POST", "sam_orders", {"sam_kind": 3}).status_code == 204
    assert made.send("POST", "InsertOptionValue", body).status_code == 400


def test_definitions_are_filtered_and_expanded(made: SimulatedCrm) -> None:
    names = "LogicalName eq 'sam_order' or LogicalName eq 'account'"
    question = f"$select=LogicalName&$filter={names}&$expand=Attributes($select=LogicalName)"
    found = values(made.get(f"EntityDefinitions?{question}"))
    assert [item["LogicalName"] for item in found] == ["account", "sam_order"]
    assert "sam_kind" in {item["LogicalName"] for item in found[1]["Attributes"]}
    kind = "AttributeType eq Microsoft.Dynamics.CRM.AttributeTypeCode'Picklist'"
    picked = values(made.get(f"{TABLE}/Attributes?$select=LogicalName&$filter={kind}"))
    assert [item["LogicalName"] for item in picked] == ["sam_kind"]


@pytest.mark.parametrize(
    "address",
    [
        "EntityDefinitions(LogicalName='nothing')",
        "EntityDefinitions(00000000-0000-4000-8000-000000000000)",
        "EntityDefinitions(LogicalName='account')/Attributes(LogicalName='nothing')",
        "EntityDefinitions(LogicalName='account')/Nothing",
        "RelationshipDefinitions(SchemaName='nothing')",
    ],
)
def test_a_definition_that_is_not_there_is_not_found(crm: SimulatedCrm, address: str) -> None:
    assert crm.get(address).status_code == 404
