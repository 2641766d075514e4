"""The simulated Dataverse writes single rows as documented."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from simulated_crm import THING, THINGS, error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm

REPRESENTATION = "return=representation"


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def held(crm: SimulatedCrm, thing: str) -> dict[str, Any]:
    row = crm.simulator.row(THING, thing)
    assert row is not None
    return row


def test_a_created_row_is_named_in_a_header(crm: SimulatedCrm) -> None:
    answer = crm.send("POST", THINGS, {"demo_name": "One"})
    assert (answer.status_code, answer.content) == (204, b"")
    [row] = crm.simulator.rows(THING)
    place = f"{crm.origin}/api/data/v9.2/{THINGS}({row['demo_thingid']})"
    assert answer.headers["OData-EntityId"] == place


def test_a_created_row_that_is_sent_back_is_not_named_in_a_header(crm: SimulatedCrm) -> None:
    answer = crm.send("POST", f"{THINGS}?$select=demo_name", {"demo_name": "One"}, REPRESENTATION)
    assert answer.status_code == 201
    assert answer.json()["demo_name"] == "One"
    assert answer.headers["Preference-Applied"] == REPRESENTATION
    assert "OData-EntityId" not in answer.headers


def test_an_identifier_of_our_own_is_kept(crm: SimulatedCrm) -> None:
    mine = str(uuid4())
    crm.send("POST", THINGS, {"demo_thingid": mine})
    assert held(crm, mine)["demo_thingid"] == mine
    assert error_of(crm.send("POST", THINGS, {"demo_thingid": mine})) == (412, "0x80040237")


def test_a_bare_patch_makes_the_row_that_is_missing(crm: SimulatedCrm) -> None:
    mine = str(uuid4())
    assert crm.send("PATCH", f"{THINGS}({mine})", {"demo_name": "One"}).status_code == 204
    assert held(crm, mine)["demo_name"] == "One"


@pytest.mark.parametrize("etag", ["*", 'W/"1"'])
def test_a_patch_that_demands_a_version_makes_nothing(crm: SimulatedCrm, etag: str) -> None:
    answer = crm.send("PATCH", f"{THINGS}({uuid4()})", {}, If_Match=etag)
    assert error_of(answer) == (404, "0x80040217")
    assert crm.simulator.rows(THING) == []


def test_a_patch_that_only_creates_is_refused_where_the_row_is(crm: SimulatedCrm) -> None:
    mine = str(uuid4())
    body = {"demo_quantity": 1}
    assert crm.send("PATCH", f"{THINGS}({mine})", body, If_None_Match="*").status_code == 204
    answer = crm.send("PATCH", f"{THINGS}({mine})", {"demo_quantity": 2}, If_None_Match="*")
    assert error_of(answer) == (412, "0x80040237")
    assert held(crm, mine)["demo_quantity"] == 1


def test_every_write_gives_another_entity_tag_also_one_of_equal_values(crm: SimulatedCrm) -> None:
    thing = crm.add_thing(demo_quantity=1)
    tags = {crm.simulator.etag(THING, thing)}
    for _ in range(2):
        crm.send("PATCH", f"{THINGS}({thing})", {"demo_quantity": 1}, If_Match="*")
        tags.add(crm.simulator.etag(THING, thing))
    assert len(tags) == 3


def test_an_entity_tag_that_is_not_the_newest_is_refused(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    old = crm.simulator.etag(THING, thing)
    address = f"{THINGS}({thing})"
    assert crm.send("PATCH", address, {"demo_quantity": 1}, If_Match=old).status_code == 204
    answer = crm.send("PATCH", address, {"demo_quantity": 2}, If_Match=old)
    assert error_of(answer) == (412, "0x80060882")
    assert error_of(crm.send("DELETE", address, If_Match=old)) == (412, "0x80060882")
    new = crm.simulator.etag(THING, thing)
    assert crm.send("DELETE", address, If_Match=new).status_code == 204


def test_a_table_without_optimistic_concurrency_refuses_entity_tags(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    crm.simulator.organization.tables[THING].has_versions = False
    etag = crm.simulator.etag(THING, thing)
    answer = crm.send("PATCH", f"{THINGS}({thing})", {}, If_Match=etag)
    assert error_of(answer) == (400, "0x8006088d")


def test_a_deleted_row_is_gone(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    assert crm.send("DELETE", f"{THINGS}({thing})").status_code == 204
    assert error_of(crm.send("DELETE", f"{THINGS}({thing})")) == (404, "0x80040217")


def test_the_one_who_wrote_and_the_time_are_kept(crm: SimulatedCrm) -> None:
    person = crm.simulator.add_user("Robin Example")
    thing = crm.simulator.add(THING, {}, by=person)
    crm.clock.advance(60)
    crm.send("PATCH", f"{THINGS}({thing})", {"demo_quantity": 1}, If_Match="*")
    row = held(crm, thing)
    us = crm.get("WhoAmI").json()["UserId"]
    assert (row["createdby"], row["modifiedby"]) == (person, us)
    assert (row["createdon"], row["modifiedon"]) == ("2026-01-05T12:00:00Z", "2026-01-05T12:01:00Z")


def test_a_lookup_is_bound_by_identifier_and_cleared_by_null(crm: SimulatedCrm) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    thing = crm.add_thing()
    for bind in (f"accounts({account})", f"/accounts({account})"):
        body = {"demo_AccountId@odata.bind": bind}
        assert crm.send("PATCH", f"{THINGS}({thing})", body).status_code == 204
        assert held(crm, thing)["demo_accountid"] == account
        clear = {"demo_AccountId@odata.bind": None}
        assert crm.send("PATCH", f"{THINGS}({thing})", clear).status_code == 204
        assert held(crm, thing)["demo_accountid"] is None


def test_a_lookup_is_bound_by_alternate_key(crm: SimulatedCrm) -> None:
    thing = crm.add_thing(1, demo_externalid="O'Example 1")
    body = {"demo_ThingId@odata.bind": "demo_things(demo_externalid='O''Example 1')"}
    note = crm.send("POST", "demo_notes?$select=_demo_thingid_value", body, REPRESENTATION).json()
    assert note["_demo_thingid_value"] == thing


def test_a_bind_to_what_is_not_there_is_not_found(crm: SimulatedCrm) -> None:
    by_key = {"demo_ThingId@odata.bind": "demo_things(demo_externalid='none')"}
    assert error_of(crm.send("POST", "demo_notes", by_key)) == (404, "0x80060891")
    by_id = {"demo_ThingId@odata.bind": f"demo_things({uuid4()})"}
    assert error_of(crm.send("POST", "demo_notes", by_id)) == (404, "0x80040217")


def test_a_bind_by_the_name_of_the_column_is_refused(crm: SimulatedCrm) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    body = {"demo_accountid@odata.bind": f"accounts({account})"}
    answer = crm.send("POST", THINGS, body)
    assert error_of(answer) == (400, "0x80048d19")
    assert "An undeclared property 'demo_accountid'" in answer.json()["error"]["message"]


def test_a_bind_to_another_table_is_refused(crm: SimulatedCrm) -> None:
    body = {"demo_AccountId@odata.bind": f"demo_things({crm.add_thing()})"}
    assert error_of(crm.send("POST", THINGS, body)) == (400, "0x80048d19")


def test_deleting_what_lookups_refer_to_takes_the_links_away(crm: SimulatedCrm) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    thing = crm.add_thing(demo_accountid=account)
    before = held(crm, thing), crm.simulator.etag(THING, thing)
    crm.clock.advance(60)
    assert crm.send("DELETE", f"accounts({account})").status_code == 204
    after = held(crm, thing)
    assert after["demo_accountid"] is None
    assert crm.simulator.etag(THING, thing) != before[1]
    assert after["modifiedon"] == before[0]["modifiedon"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"demo_status": 5}, "0x8004431a"),
        ({"demo_name": "x" * 4001}, "0x80044331"),
        ({"demo_quantity": "5"}, "0x80048d19"),
        ({"demo_quantity": True}, "0x80048d19"),
        ({"demo_price": "12.5"}, "0x80048d19"),
        ({"demo_endsat": "tomorrow"}, "0x80048d19"),
        ({"demo_Quantity": 5}, "0x80048d19"),
        ({"nothing": 5}, "0x80048d19"),
        ({"_demo_accountid_value": str(uuid4())}, "0x80048d19"),
        ({"demo_accountid": str(uuid4())}, "0x80048d19"),
        ({"demo_thingid": "no identifier"}, "0x80048d19"),
        ({"statecode": 1, "statuscode": 1}, "0x80048408"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    crm: SimulatedCrm, body: dict[str, Any], code: str
) -> None:
    assert error_of(crm.send("POST", THINGS, body)) == (400, code)
    assert crm.simulator.rows(THING) == []


def test_a_body_that_is_no_object_is_refused(crm: SimulatedCrm) -> None:
    assert error_of(crm.send("POST", THINGS, [1])) == (400, "0x80048d19")
    answer = crm.http.post(THINGS, content=b"{")
    assert error_of(answer) == (400, "0x80048d19")


def test_a_state_brings_its_first_status(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    assert (held(crm, thing)["statecode"], held(crm, thing)["statuscode"]) == (0, 1)
    crm.send("PATCH", f"{THINGS}({thing})", {"statecode": 1})
    assert (held(crm, thing)["statecode"], held(crm, thing)["statuscode"]) == (1, 2)
    answer = crm.send("PATCH", f"{THINGS}({thing})", {"statuscode": 1})
    assert error_of(answer) == (400, "0x80048408")


def test_values_are_kept_as_the_platform_keeps_them(crm: SimulatedCrm) -> None:
    body = {
        "demo_price": Decimal("312.5"),
        "demo_endsat": "2026-03-01T12:30:15.9876543+02:00",
        "demo_ison": False,
        "demo_externalid": "",
        "@odata.etag": "ignored",
        "demo_quantity@odata.type": "#Int32",
        "modifiedon": "2000-01-01T00:00:00Z",
    }
    crm.send("POST", THINGS, body)
    [row] = crm.simulator.rows(THING)
    assert row["demo_price"] == Decimal("312.5000")
    assert row["demo_endsat"] == "2026-03-01T10:30:15Z"
    assert (row["demo_ison"], row["demo_externalid"]) == (False, None)
    assert row["modifiedon"] == "2026-01-05T12:00:00Z"


def test_the_organisations_own_logic_may_refuse_a_write(crm: SimulatedCrm) -> None:
    def no_sevens(_: str, values: dict[str, Any]) -> str | None:
        return "Seven is not sold." if values.get("demo_quantity") == 7 else None

    crm.simulator.refuse_writes(no_sevens)
    answer = crm.send("POST", THINGS, {"demo_quantity": 7})
    assert error_of(answer) == (400, "0x80040265")
    assert answer.json()["error"]["message"] == "Seven is not sold."
    assert crm.send("POST", THINGS, {"demo_quantity": 6}).status_code == 204
    bypass = {"MSCRM.BypassBusinessLogicExecution": "CustomSync,CustomAsync"}
    assert crm.send("POST", THINGS, {"demo_quantity": 7}, **bypass).status_code == 204


def test_details_of_a_refusal_come_with_all_annotations_only(crm: SimulatedCrm) -> None:
    crm.simulator.refuse_writes(lambda *_: "No.")
    assert set(crm.send("POST", THINGS).json()["error"]) == {"code", "message"}
    answer = crm.send("POST", THINGS, {}, 'odata.include-annotations="*"')
    assert "@Microsoft.PowerApps.CDS.TraceText" in answer.json()["error"]


def test_a_duplicate_is_found_only_where_detection_is_switched_on(crm: SimulatedCrm) -> None:
    crm.simulator.find_duplicates("account", "name")
    body = {"name": "Customer 1"}
    assert crm.send("POST", "accounts", body).status_code == 204
    assert crm.send("POST", "accounts", body).status_code == 204
    detect = {"MSCRM.SuppressDuplicateDetection": "false"}
    assert error_of(crm.send("POST", "accounts", body, **detect)) == (412, "0x80040333")
    first = crm.simulator.rows("account")[0]["accountid"]
    answer = crm.send("PATCH", f"accounts({first})", body, If_Match="*", **detect)
    assert error_of(answer) == (412, "0x80040333")


def test_the_journal_says_who_wrote_what_under_which_tag(crm: SimulatedCrm) -> None:
    mine = str(uuid4())
    crm.send("PATCH", f"{THINGS}({mine})?tag=agent", {"demo_quantity": 1})
    crm.send("DELETE", f"{THINGS}({mine})?tag=agent")
    us = crm.get("WhoAmI").json()["UserId"]
    told = [(item.message, item.row_id, item.user_id, item.tag) for item in crm.simulator.journal]
    assert told == [("Create", mine, us, "agent"), ("Delete", mine, us, "agent")]
    assert crm.simulator.journal[0].columns == {"demo_quantity": 1}
