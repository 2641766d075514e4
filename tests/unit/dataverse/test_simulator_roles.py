"""The simulated Dataverse lets users do what their roles say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulated_crm import THING, THINGS, error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm

GIVEN = {"prvReaddemo_Thing", "prvWritedemo_Thing"}


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def make_role(crm: SimulatedCrm) -> str:
    unit = crm.get("WhoAmI").json()["BusinessUnitId"]
    body = {"name": "Sample role", "businessunitid@odata.bind": f"businessunits({unit})"}
    answer = crm.send("POST", "roles?$select=roleid", body, "return=representation")
    role: str = answer.json()["roleid"]
    return role


def privilege(crm: SimulatedCrm, name: str) -> str:
    question = f"privileges?$select=privilegeid&$filter=name eq '{name}'"
    [found] = crm.get(question).json()["value"]
    privilege_id: str = found["privilegeid"]
    return privilege_id


def grant(crm: SimulatedCrm, role: str, *names: str, depth: str = "Global") -> None:
    given = [{"PrivilegeId": privilege(crm, name), "Depth": depth} for name in names]
    action = f"roles({role})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
    assert crm.send("POST", action, {"Privileges": given}).status_code == 204


def assign(crm: SimulatedCrm, role: str) -> str:
    user: str = crm.get("WhoAmI").json()["UserId"]
    body = {"@odata.id": f"{crm.origin}/api/data/v9.2/roles({role})"}
    place = f"systemusers({user})/systemuserroles_association/$ref"
    assert crm.send("POST", place, body).status_code == 204
    return user


def test_privileges_come_with_a_table(crm: SimulatedCrm) -> None:
    found = crm.get(f"EntityDefinitions(LogicalName='{THING}')?$select=Privileges").json()
    names = {item["Name"]: item["PrivilegeId"] for item in found["Privileges"]}
    assert names["prvReaddemo_Thing"] == privilege(crm, "prvReaddemo_Thing")
    assert len(names) == 8


def test_a_role_is_made_given_privileges_and_assigned(crm: SimulatedCrm) -> None:
    role = make_role(crm)
    grant(crm, role, "prvReaddemo_Thing", "prvWritedemo_Thing")
    user = assign(crm, role)
    granted = crm.get(f"RetrieveRolePrivilegesRole(RoleId={role})").json()["RolePrivileges"]
    assert {item["PrivilegeName"] for item in granted} >= GIVEN
    assert privilege(crm, "prvReaddemo_Thing") in {item["PrivilegeId"] for item in granted}
    assert {item["Depth"] for item in granted} == {"Global"}
    linked = crm.get(f"systemusers({user})/systemuserroles_association?$select=name").json()
    assert {item["name"] for item in linked["value"]} == {"System Administrator", "Sample role"}
    of_role = crm.get(f"roles({role})/roleprivileges_association?$select=name").json()["value"]
    assert {item["name"] for item in of_role} >= GIVEN


def test_the_privileges_of_a_role_are_asked_for_by_an_unbound_function(crm: SimulatedCrm) -> None:
    role = make_role(crm)
    grant(crm, role, *GIVEN)
    aliased = crm.get(f"RetrieveRolePrivilegesRole(RoleId=@p)?@p={role}").json()
    assert {item["PrivilegeName"] for item in aliased["RolePrivileges"]} >= GIVEN
    bound = f"roles({role})/Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRole()"
    assert crm.get(bound).status_code == 404


def test_a_new_role_has_privileges_that_nobody_asked_for(crm: SimulatedCrm) -> None:
    answer = crm.get(f"RetrieveRolePrivilegesRole(RoleId={make_role(crm)})").json()
    assert "prvReadSdkMessage" in {item["PrivilegeName"] for item in answer["RolePrivileges"]}


def test_the_depth_of_a_privilege_is_named_and_not_numbered(crm: SimulatedCrm) -> None:
    given = [{"PrivilegeId": privilege(crm, "prvReaddemo_Thing"), "Depth": 3}]
    action = f"roles({make_role(crm)})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
    assert crm.send("POST", action, {"Privileges": given}).status_code == 400


def test_all_privileges_of_a_role_can_be_replaced(crm: SimulatedCrm) -> None:
    role = make_role(crm)
    given = [{"PrivilegeId": privilege(crm, "prvReaddemo_Thing"), "Depth": "Deep"}]
    action = f"roles({role})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole"
    assert crm.send("POST", action, {"Privileges": given}).status_code == 204
    [held] = crm.get(f"RetrieveRolePrivilegesRole(RoleId={role})").json()["RolePrivileges"]
    assert (held["PrivilegeName"], held["Depth"]) == ("prvReaddemo_Thing", "Deep")


def test_a_role_can_be_taken_away(crm: SimulatedCrm) -> None:
    role = make_role(crm)
    user = assign(crm, role)
    place = f"systemusers({user})/systemuserroles_association({role})/$ref"
    assert crm.send("DELETE", place).status_code == 204
    assert crm.simulator.access.roles[user] == {crm.simulator.administrator}


@pytest.mark.parametrize("depth", ["Global", "Basic"])
def test_only_privileges_in_their_whole_depth_let_one_read(crm: SimulatedCrm, depth: str) -> None:
    role = make_role(crm)
    grant(crm, role, "prvReaddemo_Thing", depth=depth)
    user = assign(crm, role)
    crm.simulator.access.withdraw(user, crm.simulator.administrator)
    answer = crm.get(f"{THINGS}?$select=demo_name", "odata.track-changes")
    assert answer.status_code == (200 if depth == "Global" else 403)
    assert error_of(crm.send("POST", THINGS, {})) == (403, "0x80040220")


@pytest.mark.parametrize(
    ("name", "method"),
    [("Read", "GET"), ("Write", "PATCH"), ("Delete", "DELETE")],
)
def test_a_privilege_that_is_missing_is_named(crm: SimulatedCrm, name: str, method: str) -> None:
    thing = crm.add_thing()
    crm.simulator.access.refused.add(f"prv{name}demo_Thing")
    answer = crm.send(method, f"{THINGS}({thing})", {})
    assert error_of(answer) == (403, "0x80040220")
    assert f"prv{name}demo_Thing" in answer.json()["error"]["message"]


@pytest.mark.parametrize("missing", ["prvAppenddemo_Thing", "prvAppendToAccount"])
def test_a_row_may_refer_to_another_with_two_privileges_only(
    crm: SimulatedCrm, missing: str
) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    crm.simulator.access.refused.add(missing)
    body = {"demo_AccountId@odata.bind": f"accounts({account})"}
    answer = crm.send("POST", THINGS, body)
    assert error_of(answer) == (403, "0x80040220")
    assert missing in answer.json()["error"]["message"]
    assert crm.send("POST", THINGS, {"demo_AccountId@odata.bind": None}).status_code == 204


def test_users_are_read_with_a_privilege_of_another_name(crm: SimulatedCrm) -> None:
    crm.simulator.access.refused.add("prvReadUser")
    assert error_of(crm.get("systemusers?$select=fullname")) == (403, "0x80040220")


def test_without_privileges_nothing_can_be_set_up(crm: SimulatedCrm) -> None:
    kinds = {"prvCreateEntity", "prvWriteEntity", "prvCreateAttribute", "prvCreateRelationship"}
    crm.simulator.access.refused.update({*kinds, "prvWriteRole", "prvPublishCustomization"})
    assert error_of(crm.send("POST", "EntityDefinitions", {"SchemaName": "x_Y"}))[0] == 403
    place = f"EntityDefinitions(LogicalName='{THING}')"
    assert error_of(crm.send("PUT", place, {}))[0] == 403
    for part in ("Attributes", "Keys"):
        body = {"SchemaName": "x_Y", "KeyAttributes": ["demo_externalid"]}
        assert error_of(crm.send("POST", f"{place}/{part}", body))[0] == 403
    ends = {"ReferencedEntity": "account", "ReferencingEntity": THING}
    assert (
        error_of(crm.send("POST", "RelationshipDefinitions", {"SchemaName": "x", **ends}))[0] == 403
    )
    assert error_of(crm.send("POST", "PublishAllXml"))[0] == 403
    action = f"roles({make_role(crm)})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
    assert error_of(crm.send("POST", action, {}))[0] == 403


def test_business_logic_is_bypassed_with_a_privilege_only(crm: SimulatedCrm) -> None:
    crm.simulator.access.refused.add("prvBypassCustomBusinessLogic")
    for bypass in (
        {"MSCRM.BypassBusinessLogicExecution": "CustomAsync"},
        {"MSCRM.BypassCustomPluginExecution": "true"},
    ):
        assert error_of(crm.send("POST", THINGS, {}, **bypass)) == (403, "0x80040220")


def test_an_application_without_a_user_is_no_member(crm: SimulatedCrm) -> None:
    crm.simulator.app.is_member = False
    assert error_of(crm.get("WhoAmI")) == (403, "0x80072560")
