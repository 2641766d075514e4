"""The simulated Dataverse answers ordinary reads as documented."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from simulated_crm import THING, THINGS, error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def names(crm: SimulatedCrm, question: str) -> list[str]:
    answer = crm.get(f"{THINGS}?$select=demo_name&{question}")
    assert answer.status_code == 200, answer.text
    return [row["demo_name"].removeprefix("Thing ") for row in answer.json()["value"]]


def test_the_days_until_change_tracking_expires_can_be_read(crm: SimulatedCrm) -> None:
    [row] = crm.get("organizations?$select=expirechangetrackingindays").json()["value"]
    assert row["expirechangetrackingindays"] == 7


def test_the_primary_key_and_the_entity_tag_come_along_unasked(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    row = crm.get(f"{THINGS}({thing})?$select=demo_name").json()
    assert set(row) == {"@odata.context", "@odata.etag", "demo_thingid", "demo_name"}
    assert row["@odata.etag"] == crm.simulator.etag(THING, thing)


def test_money_has_four_decimals_and_brings_its_currency(crm: SimulatedCrm) -> None:
    thing = crm.add_thing(demo_price=Decimal("12.5"))
    answer = crm.get(f"{THINGS}({thing})?$select=demo_price")
    assert '"demo_price":12.5000' in answer.text
    assert answer.json()["_transactioncurrencyid_value"] is not None


def test_a_lookup_is_read_by_its_value_property(crm: SimulatedCrm) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    thing = crm.add_thing(demo_accountid=account)
    row = crm.get(f"{THINGS}({thing})?$select=_demo_accountid_value").json()
    assert row["_demo_accountid_value"] == account


@pytest.mark.parametrize("name", ["demo_Name", "demo_accountid", "nothing"])
def test_a_property_of_another_name_or_case_is_refused(crm: SimulatedCrm, name: str) -> None:
    assert error_of(crm.get(f"{THINGS}?$select={name}")) == (400, "0x0")


@pytest.mark.parametrize("name", ["Demo_things", "demo_thing", "nothing"])
def test_a_set_of_another_name_or_case_is_not_found(crm: SimulatedCrm, name: str) -> None:
    assert error_of(crm.get(name)) == (404, "0x8006088a")


def test_a_row_that_is_not_there_is_not_found(crm: SimulatedCrm) -> None:
    assert error_of(crm.get(f"{THINGS}({uuid4()})")) == (404, "0x80040217")
    assert error_of(crm.get(f"{THINGS}(demo_externalid='T-9')")) == (404, "0x80060891")


def test_labels_come_only_as_annotations_that_are_asked_for(crm: SimulatedCrm) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    thing = crm.add_thing(demo_status=100000001, demo_accountid=account)
    address = f"{THINGS}({thing})?$select=demo_status,_demo_accountid_value"
    assert "@OData" not in crm.get(address).text
    row = crm.get(address, 'odata.include-annotations="*"').json()
    formatted = "OData.Community.Display.V1.FormattedValue"
    assert row[f"demo_status@{formatted}"] == "Active"
    assert row[f"_demo_accountid_value@{formatted}"] == "Customer 1"
    lookup = "_demo_accountid_value@Microsoft.Dynamics.CRM"
    assert row[f"{lookup}.lookuplogicalname"] == "account"
    assert row[f"{lookup}.associatednavigationproperty"] == "demo_AccountId"


def test_only_the_annotations_that_are_named_come_along(crm: SimulatedCrm) -> None:
    thing = crm.add_thing(demo_status=100000001)
    preference = 'odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"'
    row = crm.get(f"{THINGS}({thing})?$select=demo_status,_ownerid_value", preference).json()
    assert "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname" in row
    assert not [name for name in row if "FormattedValue" in name]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("demo_quantity eq 2", "2"),
        ("demo_quantity ne 2", "1345"),
        ("demo_quantity gt 3", "45"),
        ("demo_quantity ge 2 and demo_quantity lt 4", "23"),
        ("demo_quantity eq 1 or demo_quantity eq 5", "15"),
        ("not (demo_quantity le 3)", "45"),
        ("demo_name eq 'tHiNg 3'", "3"),
        ("demo_externalid eq null", "5"),
        ("demo_ison eq true", "4"),
        ("startswith(demo_externalid,'T-') and demo_quantity lt 2", "1"),
        ("contains(demo_name,'g 2')", "2"),
        ("endswith(demo_name,'4')", "4"),
        ("demo_endsat ge 2026-03-01T00:00:00Z", "35"),
        ("demo_AccountId/name eq 'Customer 1'", "2"),
        (
            "Microsoft.Dynamics.CRM.In(PropertyName='demo_externalid',PropertyValues=['T-1','T-4'])",
            "14",
        ),
    ],
)
def test_a_filter_finds_what_it_says(crm: SimulatedCrm, text: str, found: str) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    for number in range(1, 6):
        crm.add_thing(
            number,
            demo_quantity=number,
            demo_externalid=None if number == 5 else f"T-{number}",
            demo_ison=number == 4,
            demo_endsat=f"2026-0{number}-01T00:00:00Z" if number % 2 else None,
            demo_accountid=account if number == 2 else None,
        )
    assert "".join(names(crm, f"$filter={text}")) == found


def test_many_rows_are_found_by_their_identifiers_or_keys(crm: SimulatedCrm) -> None:
    things = [crm.add_thing(number) for number in range(5)]
    either = " or ".join(f"demo_thingid eq {things[number]}" for number in (3, 1, 3))
    assert names(crm, f"$filter={either} or demo_thingid eq {uuid4()}") == ["1", "3"]
    listed = ",".join(f"'{things[number]}'" for number in (4, 2))
    within = "Microsoft.Dynamics.CRM.In(PropertyName='demo_thingid',PropertyValues=[%s])"
    assert names(crm, f"$filter={within % listed}") == ["2", "4"]
    keys = "demo_externalid eq 't-1' or demo_externalid eq 'T-1' or demo_externalid eq 'T-2'"
    assert names(crm, f"$filter={keys}") == ["1", "2"]
    mixed = "demo_externalid eq 'T-1' or demo_quantity eq null"
    assert names(crm, f"$filter={mixed}&$orderby=demo_name") == list("01234")


def test_a_filter_on_a_lookup_finds_by_identifier(crm: SimulatedCrm) -> None:
    accounts = [crm.simulator.add("account", {"name": f"Customer {n}"}) for n in range(2)]
    for number in range(4):
        crm.add_thing(number, demo_accountid=accounts[number % 2])
    assert names(crm, f"$filter=_demo_accountid_value eq {accounts[1]}") == ["1", "3"]
    crm.simulator.delete("account", accounts[1])
    assert names(crm, f"$filter=_demo_accountid_value eq {accounts[1]}") == []


@pytest.mark.parametrize("text", ["demo_quantity", "demo_quantity eq", "demo_quantity is 3", "("])
def test_a_filter_that_cannot_be_read_is_refused(crm: SimulatedCrm, text: str) -> None:
    assert crm.get(f"{THINGS}?$filter={text}").status_code == 400


def test_rows_are_ordered_as_asked(crm: SimulatedCrm) -> None:
    for number, quantity in enumerate([2, 1, 2, 3]):
        crm.add_thing(number, demo_quantity=quantity)
    question = "$orderby=demo_quantity desc,demo_name desc"
    assert names(crm, question) == ["3", "2", "0", "1"]


def test_a_neighbour_comes_along_when_it_is_expanded(crm: SimulatedCrm) -> None:
    account = crm.simulator.add("account", {"name": "Customer 1"})
    thing = crm.add_thing(demo_accountid=account)
    row = crm.get(
        f"{THINGS}({thing})?$select=demo_name&$expand=demo_AccountId($select=name)"
    ).json()
    assert row["demo_AccountId"]["name"] == "Customer 1"
    relationship = "account_demo_thing_demo_AccountId"
    row = crm.get(f"accounts({account})?$select=name&$expand={relationship}($select=demo_name)")
    assert [item["demo_name"] for item in row.json()[relationship]] == ["Thing 1"]


def test_pages_follow_one_another_until_no_link_is_left(crm: SimulatedCrm) -> None:
    for number in range(5):
        crm.add_thing(number)
    pages = crm.pages(f"{THINGS}?$select=demo_name", "odata.maxpagesize=2")
    assert [len(page["value"]) for page in pages] == [2, 2, 1]
    assert "@odata.nextLink" not in pages[-1]


@pytest.mark.parametrize("question", ["$orderby=demo_name", "$filter=demo_quantity ge 0"])
def test_pages_of_an_order_or_a_filter_show_each_row_once(crm: SimulatedCrm, question: str) -> None:
    for number in range(7):
        crm.add_thing(number, demo_quantity=number)
    pages = crm.pages(f"{THINGS}?$select=demo_name&{question}", "odata.maxpagesize=3")
    assert [row["demo_name"] for page in pages for row in page["value"]] == [
        f"Thing {number}" for number in range(7)
    ]


def test_a_row_that_vanishes_between_pages_hides_no_other(crm: SimulatedCrm) -> None:
    things = [crm.add_thing(number) for number in range(4)]
    page = crm.get(f"{THINGS}?$select=demo_name", "odata.maxpagesize=2").json()
    crm.simulator.delete(THING, things[0])
    rest = crm.get(page["@odata.nextLink"], "odata.maxpagesize=2").json()
    assert [row["demo_name"] for row in rest["value"]] == ["Thing 2", "Thing 3"]


def test_a_link_whose_query_is_lost_starts_again(crm: SimulatedCrm) -> None:
    for number in range(3):
        crm.add_thing(number)
    first = crm.get(f"{THINGS}?$select=demo_name", "odata.maxpagesize=2").json()
    again = crm.http.get(
        first["@odata.nextLink"], params={}, headers={"Prefer": "odata.maxpagesize=2"}
    ).json()
    assert again["value"][0]["demo_thingid"] == first["value"][0]["demo_thingid"]


def test_without_a_page_size_a_page_has_5000_rows(crm: SimulatedCrm) -> None:
    crm.simulator.add_many("demo_note", ({"demo_text": str(n)} for n in range(5001)))
    pages = crm.pages("demo_notes?$select=demo_text")
    assert [len(page["value"]) for page in pages] == [5000, 1]


def test_a_larger_page_than_5000_is_not_given(crm: SimulatedCrm) -> None:
    crm.simulator.add_many("demo_note", ({"demo_text": str(n)} for n in range(5001)))
    page = crm.get("demo_notes?$select=demo_text", "odata.maxpagesize=9999").json()
    assert len(page["value"]) == 5000


def test_top_is_ignored_with_a_page_size(crm: SimulatedCrm) -> None:
    for number in range(3):
        crm.add_thing(number)
    assert len(names(crm, "$top=1")) == 1
    page = crm.get(f"{THINGS}?$top=1", "odata.maxpagesize=2").json()
    assert len(page["value"]) == 2
    assert "@odata.nextLink" in page


def test_rows_are_counted_up_to_5000(crm: SimulatedCrm) -> None:
    crm.simulator.add_many("demo_note", ({"demo_text": str(n)} for n in range(5002)))
    assert crm.get("demo_notes/$count").text == "5000"
    limit = 'odata.include-annotations="Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"'
    page = crm.get("demo_notes?$count=true&$top=1", limit).json()
    assert page["@odata.count"] == 5000
    assert page["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"] is True


def test_skipping_is_not_supported(crm: SimulatedCrm) -> None:
    assert crm.get(f"{THINGS}?$skip=1").status_code == 400


def test_a_row_that_is_known_is_not_sent_again(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    etag = crm.simulator.etag(THING, thing)
    address = f"{THINGS}({thing})?$select=demo_name"
    assert crm.get(address, If_None_Match=etag).status_code == 304
    assert crm.get(address, If_None_Match="null").status_code == 200
    annotated = 'odata.include-annotations="*"'
    assert crm.get(address, annotated, If_None_Match=etag).status_code == 200
    crm.simulator.edit(THING, thing, {"demo_quantity": 1})
    assert crm.get(address, If_None_Match=etag).status_code == 200


def test_preferences_that_were_heeded_are_named(crm: SimulatedCrm) -> None:
    answer = crm.get(THINGS, "odata.track-changes", "odata.maxpagesize=2")
    assert answer.headers["Preference-Applied"] == "odata.track-changes,odata.maxpagesize=2"


def test_a_wrong_verb_on_a_function_has_no_code(crm: SimulatedCrm) -> None:
    assert error_of(crm.send("POST", "WhoAmI")) == (404, "")
