"""The simulated Dataverse upserts by alternate key as documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from simulated_crm import THING, THINGS, error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm

REPRESENTATION = "return=representation"
BY_KEY = f"{THINGS}(demo_externalid='T-1')"


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def only(crm: SimulatedCrm) -> dict[str, Any]:
    [row] = crm.simulator.rows(THING)
    return row


def test_a_plain_upsert_does_not_say_whether_it_created_and_echoes_the_key(
    crm: SimulatedCrm,
) -> None:
    for quantity in (1, 2):
        answer = crm.send("PATCH", BY_KEY, {"demo_quantity": quantity})
        assert answer.status_code == 204
        assert answer.headers["OData-EntityId"] == f"{crm.origin}/api/data/v9.2/{BY_KEY}"
    assert (only(crm)["demo_externalid"], only(crm)["demo_quantity"]) == ("T-1", 2)


def test_an_upsert_that_sends_the_row_back_says_whether_it_created(crm: SimulatedCrm) -> None:
    address = f"{BY_KEY}?$select=demo_thingid"
    created = crm.send("PATCH", address, {"demo_quantity": 1}, REPRESENTATION)
    updated = crm.send("PATCH", address, {"demo_quantity": 2}, REPRESENTATION)
    assert (created.status_code, updated.status_code) == (201, 200)
    assert created.json()["demo_thingid"] == updated.json()["demo_thingid"]
    assert created.headers["ETag"] != updated.headers["ETag"]
    assert set(created.json()) == {"@odata.context", "@odata.etag", "demo_thingid"}


def test_a_key_column_in_the_body_is_dropped_where_the_row_is(crm: SimulatedCrm) -> None:
    crm.add_thing()
    body = {"demo_externalid": "T-2", "demo_quantity": 1}
    assert crm.send("PATCH", BY_KEY, body).status_code == 204
    assert (only(crm)["demo_externalid"], only(crm)["demo_quantity"]) == ("T-1", 1)


def test_a_key_column_in_the_body_wins_where_the_row_is_not(crm: SimulatedCrm) -> None:
    crm.send("PATCH", BY_KEY, {"demo_externalid": "T-2"})
    assert only(crm)["demo_externalid"] == "T-2"


def test_a_row_is_read_and_deleted_by_its_key(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    assert crm.get(f"{BY_KEY}?$select=demo_name").json()["demo_thingid"] == thing
    assert crm.send("DELETE", BY_KEY).status_code == 204
    assert crm.simulator.rows(THING) == []


def test_texts_are_quoted_and_doubled_and_encoded(crm: SimulatedCrm) -> None:
    thing = crm.add_thing(demo_externalid="O'Example & co. é".replace("& ", ""))
    key = quote("O''Example co. é", safe="")
    assert crm.get(f"{THINGS}(demo_externalid='{key}')").json()["demo_thingid"] == thing


def test_the_echoed_key_is_spelled_as_in_addresses(crm: SimulatedCrm) -> None:
    key = quote("O''Example é", safe="")
    answer = crm.send("PATCH", f"{THINGS}(demo_externalid='{key}')")
    expected = f"{crm.origin}/api/data/v9.2/{THINGS}(demo_externalid='O''Example%20%C3%A9')"
    assert answer.headers["OData-EntityId"] == expected


def test_a_key_may_have_a_lookup_and_a_number(crm: SimulatedCrm) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    address = f"{THINGS}(_demo_accountid_value={account},demo_quantity=3)"
    created = crm.send("PATCH", f"{address}?$select=demo_quantity", {}, REPRESENTATION)
    assert created.status_code == 201
    assert (only(crm)["demo_accountid"], only(crm)["demo_quantity"]) == (account, 3)
    assert crm.send("PATCH", address, {"demo_name": "Again"}).status_code == 204
    assert only(crm)["demo_name"] == "Again"


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("character", list("/<>*%&:\\?+"))
def test_a_key_with_a_forbidden_character_does_not_work(
    crm: SimulatedCrm, character: str, *, encoded: bool
) -> None:
    value = f"T{character}1"
    crm.add_thing(demo_externalid=value)
    needed = value.replace("%", "%25").replace("?", "%3F").replace("\\", "%5C")
    shown = quote(value, safe="") if encoded else needed
    answer = crm.get(f"{THINGS}(demo_externalid='{shown}')")
    assert answer.status_code == 400


@pytest.mark.parametrize("keys", ["demo_name='x'", "demo_externalid='x',demo_quantity=1", "x=1"])
def test_columns_that_are_no_key_are_refused(crm: SimulatedCrm, keys: str) -> None:
    assert error_of(crm.get(f"{THINGS}({keys})")) == (400, "0x80060890")


def test_an_alternate_key_is_unique_without_regard_to_case(crm: SimulatedCrm) -> None:
    crm.add_thing()
    answer = crm.send("POST", THINGS, {"demo_externalid": "t-1"})
    assert error_of(answer) == (412, "0x80060892")
    second = crm.add_thing(2)
    answer = crm.send("PATCH", f"{THINGS}({second})", {"demo_externalid": "T-1"})
    assert error_of(answer) == (412, "0x80060892")


def test_rows_without_a_value_in_a_key_do_not_collide(crm: SimulatedCrm) -> None:
    for _ in range(2):
        assert crm.send("POST", THINGS, {"demo_name": "Without"}).status_code == 204


def test_the_key_of_a_deleted_row_is_free_again(crm: SimulatedCrm) -> None:
    crm.simulator.delete(THING, crm.add_thing())
    assert crm.send("POST", THINGS, {"demo_externalid": "T-1"}).status_code == 204


def test_preconditions_hold_for_keys_too(crm: SimulatedCrm) -> None:
    assert error_of(crm.send("PATCH", BY_KEY, {}, If_Match="*")) == (404, "0x80060891")
    assert crm.send("PATCH", BY_KEY, {}, If_None_Match="*").status_code == 204
    assert error_of(crm.send("PATCH", BY_KEY, {}, If_None_Match="*")) == (412, "0x80040237")
    assert error_of(crm.send("PATCH", BY_KEY, {}, If_Match='W/"1"')) == (412, "0x80060882")


def test_four_different_things_are_a_412(crm: SimulatedCrm) -> None:
    crm.simulator.find_duplicates(THING, "demo_name")
    thing = crm.add_thing()
    address = f"{THINGS}({thing})"
    detect = {"MSCRM.SuppressDuplicateDetection": "false"}
    codes = [
        error_of(crm.send("PATCH", address, {}, If_Match='W/"1"')),
        error_of(crm.send("PATCH", address, {}, If_None_Match="*")),
        error_of(crm.send("POST", THINGS, {"demo_externalid": "T-1"})),
        error_of(crm.send("POST", THINGS, {"demo_name": "Thing 1"}, **detect)),
    ]
    assert {status for status, _ in codes} == {412}
    assert len({code for _, code in codes}) == 4
