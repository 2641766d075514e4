"""The simulated Dataverse is set up by metadata as documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from simulated_crm import THING, THINGS, error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from simulated_crm import SimulatedCrm

TYPE = "Microsoft.Dynamics.CRM."
SOLUTION = {"MSCRM.SolutionUniqueName": "Sample"}
TABLE = "EntityDefinitions(LogicalName='sam_order')"


def label(text: str, language: int = 1033) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": language}]}


def column(kind: str, schema: str, **more: Any) -> dict[str, Any]:
    return {"@odata.type": f"{TYPE}{kind}AttributeMetadata", "SchemaName": schema, **more}


def order(**more: Any) -> dict[str, Any]:
    name = column("String", "sam_Name", MaxLength=200, IsPrimaryName=True)
    options = [{"Value": 1, "Label": label("Open")}, {"Value": 2, "Label": label("Done")}]
    whole = {
        "@odata.type": f"{TYPE}EntityMetadata",
        "SchemaName": "sam_Order",
        "DisplayName": label("Order"),
        "OwnershipType": "UserOwned",
        "ChangeTrackingEnabled": True,
        "Attributes": [
            name,
            column("String", "sam_Number", MaxLength=20, DisplayName=label("Number")),
            column("Money", "sam_Price", PrecisionSource=2),
            column("DateTime", "sam_Day", DateTimeBehavior={"Value": "DateOnly"}),
            column("Picklist", "sam_Kind", OptionSet={"Options": options}),
        ],
    }
    return {**whole, **more}


def lookup(**more: Any) -> dict[str, Any]:
    return {
        "@odata.type": f"{TYPE}OneToManyRelationshipMetadata",
        "SchemaName": "sam_account_order",
        "ReferencedEntity": "account",
        "ReferencingEntity": "sam_order",
        "CascadeConfiguration": {"Delete": "RemoveLink"},
        "Lookup": column("Lookup", "sam_AccountId", DisplayName=label("Account")),
        **more,
    }


KEY = {
    "@odata.type": f"{TYPE}EntityKeyMetadata",
    "SchemaName": "sam_NumberKey",
    "DisplayName": label("Number Key"),
    "KeyAttributes": ["sam_number"],
}


def publish(crm: SimulatedCrm) -> None:
    crm.send("POST", "publishers", {"uniquename": "sample", "customizationprefix": "sam"})
    publisher = crm.simulator.rows("publisher")[0]["publisherid"]
    solution = {
        "uniquename": "Sample",
        "version": "1.0.0.0",
        "publisherid@odata.bind": f"publishers({publisher})",
    }
    assert crm.send("POST", "solutions", solution).status_code == 204


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        publish(crm)
        yield crm


@pytest.fixture
def made(crm: SimulatedCrm) -> SimulatedCrm:
    assert crm.send("POST", "EntityDefinitions", order(), **SOLUTION).status_code == 204
    return crm


def values(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["value"]
    return found


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
    assert made.send("POST", "EntityDefinitions", order()).status_code == 400


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
        f"EntityDefinitions({uuid4()})",
        "EntityDefinitions(LogicalName='account')/Attributes(LogicalName='nothing')",
        "EntityDefinitions(LogicalName='account')/Nothing",
        "RelationshipDefinitions(SchemaName='nothing')",
    ],
)
def test_a_definition_that_is_not_there_is_not_found(crm: SimulatedCrm, address: str) -> None:
    assert crm.get(address).status_code == 404


def test_a_relationship_makes_the_lookup_with_it(made: SimulatedCrm) -> None:
    assert made.send("POST", "RelationshipDefinitions", lookup()).status_code == 204
    account = made.simulator.add("account", {"name": "Customer 1"})
    body = {"sam_AccountId@odata.bind": f"accounts({account})"}
    assert made.send("POST", "sam_orders", body).status_code == 204
    cast = f"{TABLE}/Attributes/{TYPE}LookupAttributeMetadata?$select=LogicalName,Targets"
    targets = {item["LogicalName"]: item["Targets"] for item in values(made.get(cast))}
    assert targets["sam_accountid"] == ["account"]
    [found] = values(made.get(f"{TABLE}/ManyToOneRelationships"))
    assert found["ReferencingEntityNavigationPropertyName"] == "sam_AccountId"
    assert found["ReferencingAttribute"] == "sam_accountid"
    one = made.get("RelationshipDefinitions(SchemaName='sam_account_order')").json()
    assert one["CascadeConfiguration"]["Delete"] == "RemoveLink"


@pytest.mark.parametrize(
    "changed", [{"ReferencedEntity": "nothing"}, {"Lookup": {}}, {"SchemaName": None}]
)
def test_a_relationship_that_cannot_be_is_refused(
    made: SimulatedCrm, changed: dict[str, Any]
) -> None:
    answer = made.send("POST", "RelationshipDefinitions", lookup(**changed))
    assert answer.status_code == 400
    assert values(made.get(f"{TABLE}/ManyToOneRelationships")) == []


@pytest.mark.parametrize(
    ("on_delete", "status", "left"), [("Restrict", 400, 1), ("Cascade", 204, 0)]
)
def test_a_relationship_says_what_a_delete_does(
    made: SimulatedCrm, on_delete: str, status: int, left: int
) -> None:
    cascade = {"Delete": on_delete}
    made.send("POST", "RelationshipDefinitions", lookup(CascadeConfiguration=cascade))
    account = made.simulator.add("account", {"name": "Customer 1"})
    made.simulator.add("sam_order", {"sam_accountid": account})
    assert made.send("DELETE", f"accounts({account})").status_code == status
    assert len(made.simulator.rows("account")) == len(made.simulator.rows("sam_order")) == left


def key_status(crm: SimulatedCrm) -> str:
    question = "$select=SchemaName,KeyAttributes,EntityKeyIndexStatus"
    [key] = values(crm.get(f"{TABLE}/Keys?{question}", Consistency="Strong"))
    assert key["KeyAttributes"] == ["sam_number"]
    status: str = key["EntityKeyIndexStatus"]
    return status


def test_the_index_of_a_key_is_built_later(made: SimulatedCrm) -> None:
    assert made.send("POST", f"{TABLE}/Keys", KEY).status_code == 204
    assert key_status(made) == "InProgress"
    by_key = "sam_orders(sam_number='N-1')"
    assert error_of(made.send("PATCH", by_key)) == (400, "0x80060890")
    made.clock.advance(made.simulator.definitions.key_index_s)
    assert key_status(made) == "Active"
    assert made.send("PATCH", by_key).status_code == 204


def test_an_index_over_rows_that_collide_fails_and_can_be_tried_again(made: SimulatedCrm) -> None:
    orders = [made.simulator.add("sam_order", {"sam_number": "N-1"}) for _ in range(2)]
    made.send("POST", f"{TABLE}/Keys", KEY)
    made.clock.advance(5)
    assert key_status(made) == "Failed"
    made.simulator.delete("sam_order", orders[0])
    body = {"EntityLogicalName": "sam_order", "EntityKeyLogicalName": "sam_numberkey"}
    assert made.send("POST", "ReactivateEntityKey", body).status_code == 204
    assert key_status(made) == "InProgress"
    made.clock.advance(5)
    assert key_status(made) == "Active"


@pytest.mark.parametrize(
    "columns",
    [[], ["nothing"], ["sam_price"], ["sam_number"] * 17],
)
def test_a_key_over_columns_that_do_not_fit_is_refused(
    made: SimulatedCrm, columns: list[str]
) -> None:
    answer = made.send("POST", f"{TABLE}/Keys", {**KEY, "KeyAttributes": columns})
    assert answer.status_code == 400


def test_a_table_has_ten_keys_at_most(made: SimulatedCrm) -> None:
    statuses = [
        made.send("POST", f"{TABLE}/Keys", {**KEY, "SchemaName": f"sam_Key{number}"}).status_code
        for number in range(11)
    ]
    assert statuses == [204] * 10 + [400]


def test_a_key_can_be_dropped(made: SimulatedCrm) -> None:
    made.send("POST", f"{TABLE}/Keys", KEY)
    assert made.send("DELETE", f"{TABLE}/Keys(LogicalName='sam_numberkey')").status_code == 204
    assert values(made.get(f"{TABLE}/Keys")) == []


ACCOUNT = "EntityDefinitions(LogicalName='account')"


def tracked(crm: SimulatedCrm) -> bool:
    answer = crm.get("accounts?$select=name", "odata.track-changes")
    return answer.status_code == 200


def test_tracking_of_a_standard_table_is_put_and_then_published(crm: SimulatedCrm) -> None:
    crm.simulator.untrack("account")
    whole = crm.get(ACCOUNT).json()
    assert whole["ChangeTrackingEnabled"] is False
    whole["ChangeTrackingEnabled"] = True
    answer = crm.send("PUT", ACCOUNT, whole, **{"MSCRM.MergeLabels": "true"})
    assert answer.status_code == 204
    assert not tracked(crm)
    assert crm.send("POST", "PublishAllXml").status_code == 204
    assert tracked(crm)
    assert crm.get(ACCOUNT).json()["ChangeTrackingEnabled"] is True


def test_one_table_can_be_published(crm: SimulatedCrm) -> None:
    crm.simulator.untrack("account")
    whole = {**crm.get(ACCOUNT).json(), "ChangeTrackingEnabled": True}
    crm.send("PUT", ACCOUNT, whole, **{"MSCRM.MergeLabels": "true"})
    xml = "<importexportxml><entities><entity>account</entity></entities></importexportxml>"
    crm.send("POST", "PublishXml", {"ParameterXml": xml})
    assert tracked(crm)


def test_a_definition_is_not_patched_and_not_put_in_part(made: SimulatedCrm) -> None:
    assert made.send("PATCH", TABLE, {"ChangeTrackingEnabled": True}).status_code == 405
    assert made.send("PUT", TABLE, {"ChangeTrackingEnabled": True}).status_code == 400


def test_tracking_cannot_be_turned_off_again(made: SimulatedCrm) -> None:
    whole = {**made.get(TABLE).json(), "ChangeTrackingEnabled": False}
    assert made.send("PUT", TABLE, whole).status_code == 400


@pytest.mark.parametrize(("merge", "languages"), [("true", {1033, 1043}), ("false", {1033})])
def test_labels_of_other_languages_are_lost_unless_they_are_merged(
    made: SimulatedCrm, merge: str, languages: set[int]
) -> None:
    def put(name: dict[str, Any], merges: str) -> None:
        whole = {**made.get(TABLE).json(), "DisplayName": name}
        made.send("PUT", TABLE, whole, **{"MSCRM.MergeLabels": merges})
        made.send("POST", "PublishAllXml")

    put(
        {
            "LocalizedLabels": [
                *label("Order")["LocalizedLabels"],
                *label("Bon", 1043)["LocalizedLabels"],
            ]
        },
        "true",
    )
    put(label("Purchase"), merge)
    labels = made.get(TABLE).json()["DisplayName"]["LocalizedLabels"]
    assert {text["LanguageCode"] for text in labels} == languages
    assert labels[0]["Label"] == "Purchase"


def test_what_is_new_may_be_hidden_from_a_read_that_is_not_strong(crm: SimulatedCrm) -> None:
    crm.simulator.definitions.stale_s = 30
    crm.send("POST", "EntityDefinitions", order())
    assert crm.get(TABLE).status_code == 404
    assert crm.get(TABLE, Consistency="Strong").status_code == 200
    crm.clock.advance(30)
    assert crm.get(TABLE).status_code == 200


def test_the_example_tables_of_other_tests_are_ready_at_once(crm: SimulatedCrm) -> None:
    keys = values(crm.get(f"EntityDefinitions(LogicalName='{THING}')/Keys"))
    assert {key["EntityKeyIndexStatus"] for key in keys} == {"Active"}
    assert crm.get(f"{THINGS}?$select=demo_name", "odata.track-changes").status_code == 200
