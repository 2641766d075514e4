"""The simulated Dataverse changes its definitions as documented: links, keys, tracking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sample_metadata import (
    KEY,
    SOLUTION,
    TABLE,
    TYPE,
    label,
    lookup,
    order,
    publish,
    values,
)
from simulated_crm import THING, THINGS, error_of, simulated_crm

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


def test_publishers_solutions_and_roles_have_names_of_their_own(crm: SimulatedCrm) -> None:
    unit = {
        "businessunitid@odata.bind": f"businessunits({crm.get('WhoAmI').json()['BusinessUnitId']})"
    }
    bodies = {
        "publishers": {"uniquename": "SAMPLE"},
        "solutions": {"uniquename": "sample"},
        "roles": {"name": "System Administrator", **unit},
    }
    for set_name, body in bodies.items():
        assert error_of(crm.send("POST", set_name, body)) == (412, "0x80040237")


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
